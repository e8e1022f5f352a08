// Shows systemd that the daemon is alive, which takes a loop that turns and a disk that answers.
#pragma once

#include "model/time.hpp"
#include "outbox/outbox.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

#include <functional>
#include <memory>

namespace edge_rollup::daemon {

/// Operation:    `run` asks the disk thread for a sign of life, hands it on, and does so again after half of what
///               systemd waits. A disk that answers late makes the next sign late by as much, one that does not answer
///               ends them: then systemd restarts the service. A disk that fails answers, too.
/// Concurrency:  loop thread only. The store outlives the object.
/// Cancellation: `stop`; a disk under way is waited for.
class service_watchdog {
 public:
  service_watchdog(runtime::clock& time, outbox::outbox& store, model::nanoseconds patience,
                   std::function<void()> alive);

  [[nodiscard]] runtime::task<void> run();
  void stop() noexcept;

 private:
  runtime::clock& time_;
  outbox::outbox& store_;
  model::nanoseconds pause_;
  std::function<void()> alive_;
  std::unique_ptr<runtime::timer> next_sign_;
  bool stopping_ = false;
};

}  // namespace edge_rollup::daemon
