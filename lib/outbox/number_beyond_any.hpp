// Where numbers go on when nobody can say how far they went. Pure.
#pragma once

#include "model/time.hpp"

#include <algorithm>
#include <cstdint>

namespace edge_rollup::outbox {

/// No outbox that counts its rounds gets there: a round a second would take it 136 years.
inline constexpr std::uint64_t least_beyond_any = 1ULL << 32;

/// A number above all that were used before: that of the millisecond, so that a second time is above the first.
[[nodiscard]] inline std::uint64_t number_beyond_any(model::wall_time now) noexcept {
  const auto milliseconds = now.time_since_epoch().count();
  return milliseconds < 0 ? least_beyond_any : std::max(least_beyond_any, static_cast<std::uint64_t>(milliseconds));
}

}  // namespace edge_rollup::outbox
