// Why an HTTP exchange or a summary gave no usable answer. Part of the rollup, so these words are a published format.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::model {

/// The `error_kind` of a node entry. An exchange itself produces the kinds up to `too_large` and `cancelled`.
enum class failure_kind {
  dns,
  connect,
  tls,
  timeout,
  reset,
  protocol,
  http_status,
  too_large,
  bad_json,
  bad_summary,
  cancelled,
  skipped
};

inline constexpr std::array failure_kind_names = {
    std::string_view{"dns"},         std::string_view{"connect"},   std::string_view{"tls"},
    std::string_view{"timeout"},     std::string_view{"reset"},     std::string_view{"protocol"},
    std::string_view{"http_status"}, std::string_view{"too_large"}, std::string_view{"bad_json"},
    std::string_view{"bad_summary"}, std::string_view{"cancelled"}, std::string_view{"skipped"}};

[[nodiscard]] constexpr std::string_view to_string(failure_kind kind) noexcept {
  return failure_kind_names[static_cast<std::size_t>(kind)];
}

/// `message` is one sentence without a final period that a person can act on; it may hold bytes of the peer, so whoever
/// prints or sends it escapes and cuts it. `http_status` is set only where a complete status line came.
struct failure {
  failure_kind kind = failure_kind::connect;
  std::string message;
  std::optional<int> http_status;

  friend bool operator==(const failure&, const failure&) = default;
};

/// What was under way when the daemon was told to stop.
[[nodiscard]] inline failure cut_by_shutdown() {
  return {failure_kind::cancelled, "cut short by shutdown", {}};
}

}  // namespace edge_rollup::model
