// The real clock: steady time and timers from the loop, wall time and its state from the system.
#pragma once

#include "runtime/clock.hpp"

namespace edge_rollup::runtime {

/// Wall time for labels of log lines; thread-safe.
[[nodiscard]] model::wall_time wall_clock_now() noexcept;

class system_clock final : public clock {
 public:
  explicit system_clock(asio::any_io_executor loop);

  [[nodiscard]] model::mono_time now() const noexcept override;
  [[nodiscard]] model::wall_time wall_now() const noexcept override;
  /// `synchronized` where the kernel's clock discipline says so (adjtimex) or systemd-timesyncd has left its mark;
  /// `unknown` where a sandbox hides both.
  [[nodiscard]] model::clock_state wall_state() const noexcept override;
  [[nodiscard]] std::unique_ptr<timer> make_timer() override;

 private:
  asio::any_io_executor loop_;
};

}  // namespace edge_rollup::runtime
