// The seam between the daemon and time: tests put a clock in its place that stands still until they advance it.
#pragma once

#include "model/time.hpp"
#include "runtime/async.hpp"

#include <memory>

namespace edge_rollup::runtime {

enum class wait_result { reached, cancelled };

/// One waiter on the loop.
/// Operation:   `wait_until` completes with `reached` when the time has come, with `cancelled` after `cancel()`. A
///              cancel while nobody waits is remembered for the next wait, so that a wake-up between two waits is
///              never lost.
/// Concurrency: loop thread only; at most one wait at a time.
class timer {
 public:
  virtual ~timer() = default;
  [[nodiscard]] virtual task<wait_result> wait_until(model::mono_time due) = 0;
  virtual void cancel() noexcept = 0;
};

class clock {
 public:
  virtual ~clock() = default;
  [[nodiscard]] virtual model::mono_time now() const noexcept = 0;
  [[nodiscard]] virtual model::wall_time wall_now() const noexcept = 0;
  [[nodiscard]] virtual model::clock_state wall_state() const noexcept = 0;
  [[nodiscard]] virtual std::unique_ptr<timer> make_timer() = 0;
};

/// No time: a wait until then ends only by `cancel()`.
inline constexpr model::mono_time never = model::mono_time::max();

}  // namespace edge_rollup::runtime
