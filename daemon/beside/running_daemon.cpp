// Shutdown is one function, shut_down_in_order, and reads as the list that it is.
#include "daemon/beside/running_daemon.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace edge_rollup::daemon {

using runtime::task;

running_daemon::running_daemon(stages& all, model::milliseconds grace)
    : all_(all),
      grace_(grace),
      rounds_over_(all.time.make_timer()),
      delivery_over_(all.time.make_timer()),
      watchers_(all.loop, all.time),
      list_tasks_(all.loop, all.time),
      round_tasks_(all.loop, all.time),
      delivery_tasks_(all.loop, all.time) {}

task<void> running_daemon::run() {
  delivery_tasks_.spawn(all_.delivery->run());
  const auto lists = all_.lists;  // a reload may put others in their place
  if (!all_.rounds.knows_nodes()) {
    [[maybe_unused]] auto read = co_await lists->read_all();  // what failed is tried again
  }
  if (lists) list_tasks_.spawn(watch(lists));
  round_tasks_.spawn(all_.rounds.run_rounds());
  round_tasks_.spawn(all_.rounds.keep_rounds());
  co_await round_tasks_.join();
  co_await shut_down_in_order();
}

model::result<void> running_daemon::take_on(const settings_change& change) {
  if (stop_by_) return model::fail(model::error_kind::unavailable, "the daemon is ending");
  const auto lists_before = all_.lists;
  if (auto taken = all_.take_on(change); !taken) return taken;
  grace_ = change.after.shutdown_grace;
  if (all_.lists && all_.lists != lists_before) list_tasks_.spawn(read_and_watch(all_.lists));
  return {};
}

task<void> running_daemon::watch(std::shared_ptr<fleet::fleet_watch> lists) {
  co_await lists->watch();
  left_thread_ = left_thread_ || lists->left_thread();
}

/// Until they are read, rounds are about the nodes of before.
task<void> running_daemon::read_and_watch(std::shared_ptr<fleet::fleet_watch> lists) {
  [[maybe_unused]] auto read = co_await lists->read_all();
  co_await watch(std::move(lists));
}

std::optional<model::milliseconds> running_daemon::time_left() const {
  if (!stop_by_) return std::nullopt;
  return std::max(std::chrono::ceil<model::milliseconds>(*stop_by_ - all_.time.now()), model::milliseconds::zero());
}

void running_daemon::stop() {
  if (stop_by_) return;
  const auto now = all_.time.now();
  stop_by_ = now + grace_;
  if (all_.lists) all_.lists->stop();
  all_.rounds.stop();
  watchers_.spawn(cut_round_short_at(now + std::min(round_grace, grace_ / 4)));
}

/// Rounds have ended by now: their last rollup is in the outbox.
task<void> running_daemon::shut_down_in_order() {
  if (!stop_by_) stop_by_ = all_.time.now() + grace_;
  rounds_over_->cancel();
  if (all_.lists) all_.lists->stop();
  all_.delivery->finish_by(*stop_by_);
  watchers_.spawn(end_delivery_at(*stop_by_));
  co_await delivery_tasks_.join();
  delivery_over_->cancel();
  co_await list_tasks_.join();
  co_await watchers_.join();
}

task<void> running_daemon::cut_round_short_at(model::mono_time due) {
  auto ended = co_await rounds_over_->wait_until(due);
  if (ended == runtime::wait_result::reached) all_.rounds.cut_short();
}

task<void> running_daemon::end_delivery_at(model::mono_time due) {
  auto ended = co_await delivery_over_->wait_until(due);
  if (ended == runtime::wait_result::reached) all_.delivery->cancel();
}

}  // namespace edge_rollup::daemon
