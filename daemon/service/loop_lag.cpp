#include "daemon/service/loop_lag.hpp"

#include <algorithm>

namespace edge_rollup::daemon {

runtime::task<void> loop_lag::run() {
  while (!stopping_) {
    const auto due = time_.now() + pause;
    const auto ended = co_await tick_->wait_until(due);
    if (ended == runtime::wait_result::reached) lags_[measured_++ % remembered] = time_.now() - due;
  }
}

void loop_lag::stop() noexcept {
  stopping_ = true;
  tick_->cancel();
}

std::optional<model::nanoseconds> loop_lag::longest() const noexcept {
  if (measured_ == 0) return std::nullopt;
  return *std::ranges::max_element(lags_);
}

}  // namespace edge_rollup::daemon
