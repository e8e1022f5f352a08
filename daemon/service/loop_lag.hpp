// How late the event loop comes to what is due: what a stalled disk call or a flood of work would show in.
#pragma once

#include "model/time.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace edge_rollup::daemon {

/// Operation:    `run` measures once a second by how much a timer is late. A loop that has nothing to do is not woken
///               for it: the next measure is then that of its own next timer.
/// Concurrency:  loop thread only.
/// Cancellation: `stop`.
class loop_lag {
 public:
  /// `idle_until` says until when the loop has nothing to do; any time that has passed means that it works.
  loop_lag(runtime::clock& time, std::function<model::mono_time()> idle_until)
      : time_(time), idle_until_(std::move(idle_until)), tick_(time.make_timer()) {}

  [[nodiscard]] runtime::task<void> run();
  void stop() noexcept;

  /// Of the last minute, zero where the loop was idle in it; empty before the first measure.
  [[nodiscard]] std::optional<model::nanoseconds> longest() const noexcept;

 private:
  static constexpr model::seconds pause{1};
  static constexpr model::seconds remembered{60};

  struct measure {
    model::mono_time at{};
    model::nanoseconds lag{0};
  };

  runtime::clock& time_;
  std::function<model::mono_time()> idle_until_;
  std::unique_ptr<runtime::timer> tick_;
  std::array<measure, remembered / pause> measured_{};
  std::size_t count_ = 0;
  bool stopping_ = false;
};

}  // namespace edge_rollup::daemon
