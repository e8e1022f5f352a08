// The words of the published format for values that have one. failure_kind has its words beside it in failure.hpp.
#pragma once

#include "model/rollup.hpp"

#include <array>
#include <string_view>

namespace edge_rollup::model {

[[nodiscard]] constexpr std::string_view to_string(round_trigger value) noexcept {
  constexpr std::array<std::string_view, 4> words{"timer", "start", "manual", "once"};
  return words[static_cast<std::size_t>(value)];
}

[[nodiscard]] constexpr std::string_view to_string(clock_state value) noexcept {
  constexpr std::array<std::string_view, 3> words{"synchronized", "unsynchronized", "unknown"};
  return words[static_cast<std::size_t>(value)];
}

[[nodiscard]] constexpr std::string_view to_string(freshness value) noexcept {
  constexpr std::array<std::string_view, 4> words{"fresh", "stale", "unchanged", "unknown"};
  return words[static_cast<std::size_t>(value)];
}

[[nodiscard]] constexpr std::string_view to_string(record_kind value) noexcept {
  constexpr std::array<std::string_view, 3> words{"level", "interval", "counter"};
  return words[static_cast<std::size_t>(value)];
}

[[nodiscard]] constexpr std::string_view to_string(node_detail value) noexcept {
  constexpr std::array<std::string_view, 3> words{"full", "errors", "totals"};
  return words[static_cast<std::size_t>(value)];
}

[[nodiscard]] constexpr std::string_view to_string(loss_reason value) noexcept {
  constexpr std::array<std::string_view, 5> words{"max_bytes", "max_age", "disk", "damage", "operator"};
  return words[static_cast<std::size_t>(value)];
}

[[nodiscard]] constexpr std::string_view to_string(stream_reason value) noexcept {
  constexpr std::array<std::string_view, 4> words{"new", "salvaged", "moved", "operator"};
  return words[static_cast<std::size_t>(value)];
}

}  // namespace edge_rollup::model
