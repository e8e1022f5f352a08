// A moment of the monotonic clock as people are told it on the wall clock.
#pragma once

#include "model/time.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace edge_rollup::daemon {

/// Operation:   tells a moment alike each time, though the two clocks tick differently; unless the wall clock was set.
/// Concurrency: a value.
class told_wall_time {
 public:
  static constexpr model::milliseconds set_by{1'000};  ///< at least; below, it is the clocks' difference

  [[nodiscard]] model::wall_time of(model::mono_time when, model::mono_time now, model::wall_time wall) {
    const auto found = wall + std::chrono::floor<model::milliseconds>(when - now);
    const bool is_told = std::exchange(when_, when) == when && std::chrono::abs(found - told_) < set_by;
    if (!is_told) told_ = found;
    return told_;
  }

 private:
  std::optional<model::mono_time> when_;
  model::wall_time told_;
};

}  // namespace edge_rollup::daemon
