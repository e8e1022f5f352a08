#include "daemon/service/loop_lag.hpp"

#include <algorithm>

namespace edge_rollup::daemon {

runtime::task<void> loop_lag::run() {
  while (!stopping_) {
    const auto due = std::max(time_.now() + pause, idle_until_());
    const auto ended = co_await tick_->wait_until(due);
    const auto now = time_.now();
    if (ended == runtime::wait_result::reached) measured_[count_++ % measured_.size()] = {now, now - due};
  }
}

void loop_lag::stop() noexcept {
  stopping_ = true;
  tick_->cancel();
}

std::optional<model::nanoseconds> loop_lag::longest() const noexcept {
  if (count_ == 0) return std::nullopt;
  model::nanoseconds longest{0};
  for (const auto& each : measured_) {
    if (time_.now() - each.at < remembered) longest = std::max(longest, each.lag);
  }
  return longest;
}

}  // namespace edge_rollup::daemon
