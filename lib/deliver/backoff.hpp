// How long to wait after a try that failed: exponential backoff with full jitter, so that gateways that lost the same
// cloud at the same moment do not come back at the same moment.
#pragma once

#include "model/time.hpp"

#include <cstdint>

namespace edge_rollup::deliver {

/// The upper end of the wait: `first` after the first failure, doubling up to `max`.
struct backoff_range {
  model::milliseconds first{1'000};
  model::milliseconds max{300'000};

  friend bool operator==(const backoff_range&, const backoff_range&) = default;
};

/// No wait is shorter, whatever the dice say, so that a failing loop never spins.
inline constexpr model::milliseconds shortest_backoff{50};

/// Uniform in [0, min(max, first * 2^failures_before)], at least `shortest_backoff`. `random` is 64 uniform bits.
[[nodiscard]] model::milliseconds full_jitter(backoff_range range, std::uint32_t failures_before, std::uint64_t random);

}  // namespace edge_rollup::deliver
