#include "fleet/fleet_watch.hpp"

#include "fleet/http_list_client.hpp"
#include "fleet/refresh_pace.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::fleet {

using runtime::task;

namespace {

constexpr const char* no_thread =
    "node lists are not read: the system starts no more threads: raise TasksMax= of the service";

}  // namespace

fleet_watch::fleet_watch(fleet_watch_parts parts, const fleet_options& options, node_list known)
    : parts_(std::move(parts)),
      http_(options.node_http),
      has_files_(!options.node_files.empty() || !options.named_files.empty()),
      directories_(parts_.loop),
      lists_(std::make_shared<shared_lists>(options, std::move(known), parts_.store, directories_.directories())),
      tasks_(parts_.loop, parts_.time),
      next_look_(parts_.time.make_timer()),
      next_refresh_(parts_.time.make_timer()),
      nodes_known_(lists_->lists.nodes() != nullptr),
      looking_(parts_.loop, parts_.time),
      taking_(parts_.loop, parts_.time) {}

task<model::result<void>> fleet_watch::read_all() {
  if (has_files_) co_await look_at_files();
  if (http_ && !stopping_) co_await ask_http();
  if (nodes_known_) co_return model::result<void>{};
  const auto why = trouble_.empty() ? std::string("no file matches") : trouble_;
  co_return model::fail(model::error_kind::unavailable, "no list names a node: " + why);
}

task<void> fleet_watch::watch() {
  if (has_files_) {
    tasks_.spawn(listen());
    tasks_.spawn(follow_files());
  }
  if (http_) tasks_.spawn(follow_http());
  co_await tasks_.join();
}

void fleet_watch::stop() noexcept {
  stopping_ = true;
  directories_.cancel();
  parts_.http.cancel();
  next_look_->cancel();
  next_refresh_->cancel();
  looking_.abandon();
  taking_.abandon();
}

task<void> fleet_watch::listen() {
  while (!stopping_) {
    auto more = co_await directories_.changed();
    if (!more) break;
    if (!std::exchange(dirty_, true)) next_look_->cancel();
  }
}

task<void> fleet_watch::follow_files() {
  while (!stopping_) {
    auto due = looked_at_ ? *looked_at_ + look_anyway_after : parts_.time.now();
    if (dirty_ && looked_at_) due = std::max(parts_.time.now() + settle_time, *looked_at_ + least_between_looks);
    auto ended = co_await next_look_->wait_until(due);
    if (ended == runtime::wait_result::cancelled) continue;
    co_await look_at_files();
  }
}

task<void> fleet_watch::follow_http() {
  while (!stopping_) {
    const auto due = parts_.time.now() + next_refresh(http_->refresh, http_failures_, parts_.chance.next());
    [[maybe_unused]] auto ended = co_await next_refresh_->wait_until(due);
    if (!stopping_) co_await ask_http();
  }
}

task<void> fleet_watch::look_at_files() {
  dirty_ = false;
  std::function<fleet_news()> look = [shared = lists_, now = parts_.time.wall_now()] {
    const std::lock_guard mine(shared->turn);
    return shared->lists.look_at_files(now);
  };
  auto came = co_await looking_.run(std::move(look));
  looked_at_ = parts_.time.now();
  dirty_ = dirty_ || !came || came->look_again;
  tell_outcome(came);
}

task<void> fleet_watch::ask_http() {
  auto answer = co_await fetch_list(parts_.http, *http_);
  if (stopping_) co_return;
  std::function<fleet_news()> take = [shared = lists_, answer = std::move(answer), now = parts_.time.wall_now()] {
    const std::lock_guard mine(shared->turn);
    return shared->lists.take_http(answer, now);
  };
  auto came = co_await taking_.run(std::move(take));
  http_failures_ = came && came->http_is_good ? 0 : http_failures_ + 1;
  tell_outcome(came);
}

void fleet_watch::tell_outcome(const outcome& came) {
  const bool was_told = std::exchange(lacks_thread_, !came);
  if (came) return tell(*came);
  fleet_news none;
  none.broken = 1;
  if (!was_told) none.lines.push_back({observe::log_level::warn, no_thread, {}});
  tell(none);
}

void fleet_watch::tell(const fleet_news& news) {
  if (stopping_) return;  // another watch may be in its place
  nodes_known_ = nodes_known_ || news.nodes != nullptr;
  for (const auto& line : news.lines) {
    if (trouble_.empty() && line.level == observe::log_level::warn) trouble_ = line.message;
  }
  parts_.told(news);
}

}  // namespace edge_rollup::fleet
