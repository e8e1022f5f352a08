// What an answer means for the rollup that was offered, and for delivery as a whole.
#pragma once

#include "deliver/answer.hpp"
#include "deliver/endpoint_trust.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::deliver {

enum class verdict {
  delivered,  ///< the cloud has it
  retry,      ///< the cloud, or the way to it, does not work just now
  refused,    ///< the cloud does not want this rollup
  hold        ///< the set-up is wrong, not the rollup
};

inline constexpr std::array verdict_names = {std::string_view{"delivered"}, std::string_view{"retry"},
                                             std::string_view{"refused"}, std::string_view{"hold"}};

[[nodiscard]] constexpr std::string_view to_string(verdict given) noexcept {
  return verdict_names[static_cast<std::size_t>(given)];
}

/// Why delivery holds. The words are label values of a metric.
enum class hold_reason {
  redirect,        ///< 3xx: redirects are not followed
  unauthorized,    ///< 401
  forbidden,       ///< 403
  not_found,       ///< 404, 410
  method,          ///< 405
  media_type,      ///< 415
  proxy,           ///< 407, or a proxy that opens no way to the cloud
  credentials,     ///< a secret of the settings cannot be read
  captive_portal,  ///< a web page came back where somebody on the way may have answered
  refused_all,     ///< no answer of its own: several rollups in a row were refused and none accepted
  other
};

inline constexpr std::array hold_reason_names = {
    std::string_view{"redirect"},    std::string_view{"unauthorized"}, std::string_view{"forbidden"},
    std::string_view{"not_found"},   std::string_view{"method"},       std::string_view{"media_type"},
    std::string_view{"proxy"},       std::string_view{"credentials"},  std::string_view{"captive_portal"},
    std::string_view{"refused_all"}, std::string_view{"other"}};

[[nodiscard]] constexpr std::string_view to_string(hold_reason reason) noexcept {
  return hold_reason_names[static_cast<std::size_t>(reason)];
}

struct judgement {
  deliver::verdict verdict = verdict::retry;
  std::optional<hold_reason> reason;  ///< of a hold
  bool counts_as_trouble =
      false;             ///< may be the rollup's own fault: refused, 409, 5xx, a timeout after bytes of it left
  std::string sentence;  ///< for people: what came back and what to do, without a final period

  friend bool operator==(const judgement&, const judgement&) = default;
};

/// The table of verdicts. A final status decides even where the body did not come whole.
[[nodiscard]] judgement judge(const answer& came, endpoint_trust trust);

}  // namespace edge_rollup::deliver
