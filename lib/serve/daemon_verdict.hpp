// The daemon's judgement of itself in three levels, for people and for probes.
#pragma once

#include "serve/daemon_facts.hpp"

#include <array>
#include <string>
#include <string_view>

namespace edge_rollup::serve {

enum class verdict_level { ok, warning, critical };

[[nodiscard]] constexpr std::string_view to_string(verdict_level level) noexcept {
  constexpr std::array<std::string_view, 3> words{"ok", "warning", "critical"};
  return words[static_cast<std::size_t>(level)];
}

struct daemon_verdict {
  verdict_level level = verdict_level::ok;
  std::string text;  ///< all that is wrong, the worst first, in one line; "ok" where nothing is

  friend bool operator==(const daemon_verdict&, const daemon_verdict&) = default;
};

/// Less than this of the outbox's runway is a warning, or critical.
inline constexpr model::seconds short_runway{24 * 3600};
inline constexpr model::seconds spent_runway{3600};

/// In one line: the first mistake of many stands for all of them.
[[nodiscard]] std::string why_reload_failed(std::string_view error);

[[nodiscard]] daemon_verdict judge(const daemon_facts& facts);

}  // namespace edge_rollup::serve
