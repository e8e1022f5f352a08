// Counting is all there is to it: the loop is one thread.
#include "runtime/task_scope.hpp"

#include "model/invariant.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace edge_rollup::runtime {
namespace {

[[noreturn]] void end_process(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& bug) {
    model::bug_found(bug.what());
  }
}

}  // namespace

task_scope::task_scope(asio::any_io_executor loop, clock& time) : loop_(std::move(loop)), ended_(time.make_timer()) {}

task_scope::~task_scope() {
  EDGE_ROLLUP_INVARIANT(running_ == 0);
}

void task_scope::spawn(task<void> work) {
  ++running_;
  auto ended = [this](const std::exception_ptr& failure) {
    if (failure) end_process(failure);
    if (--running_ == 0) ended_->cancel();
  };
  asio::co_spawn(loop_, std::move(work), std::move(ended));
}

task<void> task_scope::join() {
  while (running_ > 0) {
    [[maybe_unused]] auto woken = co_await ended_->wait_until(never);
  }
}

}  // namespace edge_rollup::runtime
