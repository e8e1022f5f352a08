// How a node is shown at a glance: its state, with those that gave old data apart.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace edge_rollup::serve {

enum class shown_state : std::uint8_t { ok, stale, failed, skipped, unknown };

inline constexpr std::array shown_state_names = {std::string_view{"ok"}, std::string_view{"stale"},
                                                 std::string_view{"failed"}, std::string_view{"skipped"},
                                                 std::string_view{"unknown"}};

[[nodiscard]] constexpr std::string_view to_string(shown_state state) noexcept {
  return shown_state_names[static_cast<std::size_t>(state)];
}

/// In the grid: o ok, t stale, f failed, s skipped, u unknown.
[[nodiscard]] constexpr char letter_of(shown_state state) noexcept {
  return std::string_view("otfsu")[static_cast<std::size_t>(state)];
}

}  // namespace edge_rollup::serve
