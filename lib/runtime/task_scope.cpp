// Counting is all there is to it: the loop is one thread.
#include "runtime/task_scope.hpp"

#include "model/invariant.hpp"

#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace edge_rollup::runtime {

task_scope::task_scope(asio::any_io_executor loop, clock& time) : loop_(std::move(loop)), ended_(time.make_timer()) {}

task_scope::~task_scope() {
  EDGE_ROLLUP_INVARIANT(running_ == 0);
}

void task_scope::spawn(task<void> work) {
  ++running_;
  auto ended = [this](std::exception_ptr failure) {
    --running_;
    if (failure && !first_failure_) first_failure_ = failure;
    if (running_ == 0) ended_->cancel();
  };
  asio::co_spawn(loop_, std::move(work), std::move(ended));
}

task<void> task_scope::join() {
  while (running_ > 0) {
    [[maybe_unused]] auto woken = co_await ended_->wait_until(never);
  }
  if (auto failure = std::exchange(first_failure_, nullptr)) std::rethrow_exception(failure);
}

}  // namespace edge_rollup::runtime
