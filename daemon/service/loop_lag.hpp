// How late the event loop comes to what is due: what a stalled disk call or a flood of work would show in.
#pragma once

#include "model/time.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

namespace edge_rollup::daemon {

/// Operation:    `run` measures once a second by how much a timer is late.
/// Concurrency:  loop thread only.
/// Cancellation: `stop`.
class loop_lag {
 public:
  explicit loop_lag(runtime::clock& time) : time_(time), tick_(time.make_timer()) {}

  [[nodiscard]] runtime::task<void> run();
  void stop() noexcept;

  /// Of the last minute; empty in the first second.
  [[nodiscard]] std::optional<model::nanoseconds> longest() const noexcept;

 private:
  static constexpr std::size_t remembered = 60;
  static constexpr model::seconds pause{1};

  runtime::clock& time_;
  std::unique_ptr<runtime::timer> tick_;
  std::array<model::nanoseconds, remembered> lags_{};
  std::size_t measured_ = 0;
  bool stopping_ = false;
};

}  // namespace edge_rollup::daemon
