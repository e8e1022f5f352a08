// A nursery: every coroutine of the daemon belongs to one, so that none outlives what it refers to and none fails
// unseen.
#pragma once

#include "runtime/async.hpp"
#include "runtime/clock.hpp"

#include <cstddef>
#include <memory>

namespace edge_rollup::runtime {

/// Operation:    `spawn` starts a coroutine on the loop; `join` completes when all have ended. Tasks may spawn
///               further tasks.
/// Concurrency:  loop thread only; one `join` at a time.
/// Cancellation: none of its own: a task is ended by what it works on (a timer's or a stream's `cancel`), then
///               joined.
/// Errors:       what is expected to go wrong is a value of the task. An exception that a task lets out is a bug and
///               ends the process at once: others would wait for it for ever.
/// Limits:       none; whoever spawns bounds how many.
class task_scope {
 public:
  task_scope(asio::any_io_executor loop, clock& time);
  task_scope(const task_scope&) = delete;
  task_scope& operator=(const task_scope&) = delete;
  /// Every task must have ended.
  ~task_scope();

  void spawn(task<void> work);
  [[nodiscard]] task<void> join();
  [[nodiscard]] std::size_t running() const noexcept { return running_; }

 private:
  asio::any_io_executor loop_;
  std::unique_ptr<timer> ended_;
  std::size_t running_ = 0;
};

}  // namespace edge_rollup::runtime
