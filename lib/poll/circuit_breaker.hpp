// Whether a node is worth a poll: one that keeps failing is only probed now and then, so that short intervals are not
// spent on dead nodes.
#pragma once

#include "model/time.hpp"

#include <cstdint>

namespace edge_rollup::poll {

/// Failures in a row that open the breaker.
inline constexpr std::uint32_t breaker_failures = 5;
/// Longest pause between two probes, unless two intervals are longer.
inline constexpr model::milliseconds longest_probe_pause{600'000};

/// Shorter intervals, and rounds back to back, count as this one.
inline constexpr model::milliseconds least_interval{1'000};

/// Operation:   closed until `breaker_failures` polls in a row have failed; then the node is asked after two
///              intervals, and each failed probe doubles the pause. A success closes it.
/// Concurrency: none; a value.
class circuit_breaker {
 public:
  [[nodiscard]] bool allows(model::mono_time now) const noexcept { return now >= next_probe_; }
  /// When an open breaker lets a probe through; in the past while it is closed.
  [[nodiscard]] model::mono_time next_probe() const noexcept { return next_probe_; }

  void succeeded() noexcept { *this = {}; }
  /// `asked` is when the failed poll began.
  void failed(model::mono_time asked, model::milliseconds interval) noexcept;

 private:
  std::uint32_t failures_ = 0;
  model::milliseconds pause_{0};
  model::mono_time next_probe_{};
};

}  // namespace edge_rollup::poll
