#include "daemon/service/service_watchdog.hpp"

#include <cstddef>
#include <utility>

namespace edge_rollup::daemon {

service_watchdog::service_watchdog(runtime::clock& time, outbox::outbox& store, model::nanoseconds patience,
                                   std::function<void()> alive)
    : time_(time), store_(store), pause_(patience / 2), alive_(std::move(alive)), next_sign_(time.make_timer()) {}

runtime::task<void> service_watchdog::run() {
  constexpr std::size_t one_entry = 1;
  while (!stopping_) {
    const auto due = time_.now() + pause_;
    [[maybe_unused]] auto answered = co_await store_.front(one_entry);
    if (stopping_) break;
    alive_();
    [[maybe_unused]] auto waited = co_await next_sign_->wait_until(due);
  }
}

void service_watchdog::stop() noexcept {
  stopping_ = true;
  next_sign_->cancel();
}

}  // namespace edge_rollup::daemon
