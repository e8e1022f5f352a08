// The daemon while it runs: rounds and delivery side by side, and the order in which they end.
#pragma once

#include "daemon/stages.hpp"
#include "model/time.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_scope.hpp"

#include <memory>
#include <optional>

namespace edge_rollup::daemon {

/// Operation:   `run` completes when everything has ended: after `stop`, or after the number of rounds that was asked
///              for. The last rollup is in the outbox then.
/// Timeout:     `grace` from the stop on; of it, the open round may use up to `round_grace`, delivery the rest. Rounds
///              that wait for the disk then, at most pipeline::most_unkept, are waited for, whatever that takes.
/// Concurrency: loop thread only.
class running_daemon {
 public:
  /// How long the open round may go on after a stop, so that one that is nearly done is not cut.
  static constexpr model::milliseconds round_grace{1'000};

  /// `all` has a delivery, and outlives the object.
  running_daemon(stages& all, model::milliseconds grace);

  [[nodiscard]] runtime::task<void> run();
  [[nodiscard]] model::milliseconds grace() const noexcept { return grace_; }
  /// What is left of the grace, down to zero; empty before the end has begun.
  [[nodiscard]] std::optional<model::milliseconds> time_left() const;
  /// Other settings from now on, see stages::take_on. Errors: those of it, and unavailable once the end has begun.
  [[nodiscard]] model::result<void> take_on(const settings_change& change);
  /// Again, or when the daemon has come to its end by itself, it does nothing.
  void stop();
  /// Whether a thread may be reading a list still, at the end: see runtime::errand.
  [[nodiscard]] bool left_thread() const noexcept { return left_thread_; }

 private:
  runtime::task<void> watch(std::shared_ptr<fleet::fleet_watch> lists);
  runtime::task<void> read_and_watch(std::shared_ptr<fleet::fleet_watch> lists);
  runtime::task<void> shut_down_in_order();
  runtime::task<void> cut_round_short_at(model::mono_time due);
  runtime::task<void> end_delivery_at(model::mono_time due);

  stages& all_;
  model::milliseconds grace_;
  std::unique_ptr<runtime::timer> rounds_over_;
  std::unique_ptr<runtime::timer> delivery_over_;
  runtime::task_scope watchers_;
  runtime::task_scope list_tasks_;
  runtime::task_scope round_tasks_;
  runtime::task_scope delivery_tasks_;
  std::optional<model::mono_time> stop_by_;
  bool left_thread_ = false;
};

}  // namespace edge_rollup::daemon
