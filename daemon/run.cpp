// `edge-rollup run`. Shutdown is one function, shut_down_in_order, and reads as the list that it is.
#include "daemon/daemon.hpp"
#include "daemon/read_settings.hpp"
#include "daemon/service_notify.hpp"
#include "daemon/stages.hpp"
#include "runtime/task_scope.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using runtime::task;

/// How long the open round may go on after a stop, so that one that is nearly done is not cut.
constexpr model::milliseconds round_grace{1'000};

/// The daemon while it runs.
class running_daemon {
 public:
  running_daemon(stages& all, const config::config& settings, observe::log& messages)
      : all_(all),
        messages_(messages),
        grace_(settings.shutdown_grace),
        signals_(all.loop, SIGTERM, SIGINT),
        rounds_over_(all.time.make_timer()),
        delivery_over_(all.time.make_timer()),
        watchers_(all.loop.get_executor(), all.time),
        round_tasks_(all.loop.get_executor(), all.time),
        delivery_tasks_(all.loop.get_executor(), all.time) {}

  task<void> run() {
    watchers_.spawn(wait_for_signal());
    round_tasks_.spawn(all_.rounds.run_rounds());
    delivery_tasks_.spawn(all_.delivery->run());
    service_.ready();
    co_await round_tasks_.join();
    co_await shut_down_in_order();
  }

 private:
  /// Rounds have ended by now: their last rollup is in the outbox.
  task<void> shut_down_in_order() {
    if (stop_by_ == model::mono_time{}) stop_by_ = all_.time.now() + grace_;
    service_.stopping();
    rounds_over_->cancel();
    signals_.cancel();
    all_.delivery->finish_by(stop_by_);
    watchers_.spawn(end_delivery_at_deadline());
    co_await delivery_tasks_.join();
    delivery_over_->cancel();
    co_await watchers_.join();
  }

  task<void> wait_for_signal() {
    auto [error, signal] = co_await signals_.async_wait(runtime::as_result);
    if (error) co_return;  // the rounds that were asked for are done
    messages_.info(fmt::format("stopping on {}", signal == SIGINT ? "SIGINT" : "SIGTERM"));
    signals_.clear();  // back to the default action: a second signal ends the process at once
    stop_by_ = all_.time.now() + grace_;
    all_.rounds.stop();
    const auto cut_at = all_.time.now() + std::min(round_grace, grace_ / 4);
    [[maybe_unused]] auto ended = co_await rounds_over_->wait_until(cut_at);
    all_.rounds.cut_short();
  }

  task<void> end_delivery_at_deadline() {
    auto ended = co_await delivery_over_->wait_until(stop_by_);
    if (ended == runtime::wait_result::reached) all_.delivery->cancel();
  }

  stages& all_;
  observe::log& messages_;
  model::milliseconds grace_;
  service_notify service_;
  boost::asio::signal_set signals_;
  std::unique_ptr<runtime::timer> rounds_over_;
  std::unique_ptr<runtime::timer> delivery_over_;
  runtime::task_scope watchers_;
  runtime::task_scope round_tasks_;
  runtime::task_scope delivery_tasks_;
  model::mono_time stop_by_{};
};

}  // namespace

model::result<exit_code> run(const run_command& asked, observe::log& messages) {
  const auto settings = read_settings(asked);
  if (!settings) return std::unexpected(settings.error());
  runtime::system_entropy chance;
  auto kept = open_store(asked.polling.state_dir, chance);
  if (!kept) return std::unexpected(std::move(kept.error()));

  stages all(*settings, &*kept, messages);
  const auto waiting = kept->store->at_a_glance();
  messages.info(
      fmt::format("edge-rollup {}: {} nodes, delivering to {}, state in {}", EDGE_ROLLUP_VERSION,
                  settings->nodes->size(), wire::to_string(settings->cloud->url), kept->directory.path().string()),
      {{"gateway", waiting.gateway}, {"stream", waiting.stream}, {"pending", waiting.pending}});
  running_daemon daemon(all, *settings, messages);
  runtime::task_scope main(all.loop.get_executor(), all.time);
  main.spawn(daemon.run());
  all.loop.run();
  const auto left = kept->store->at_a_glance();
  messages.info(fmt::format("stopped, {} rollups wait for the cloud", left.pending), {{"pending", left.pending}});
  return exit_code::ok;
}

}  // namespace edge_rollup::daemon
