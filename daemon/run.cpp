// `edge-rollup run`: builds the daemon on this machine and stops it on a signal.
#include "daemon/daemon.hpp"
#include "daemon/machine.hpp"
#include "daemon/read_settings.hpp"
#include "daemon/running_daemon.hpp"
#include "daemon/service_notify.hpp"
#include "daemon/stages.hpp"
#include "runtime/task_scope.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using runtime::task;

task<void> stop_on_signal(boost::asio::signal_set& signals, running_daemon& daemon, observe::log& messages) {
  auto [error, signal] = co_await signals.async_wait(runtime::as_result);
  if (error) co_return;  // the rounds that were asked for are done
  messages.info(fmt::format("stopping on {}", signal == SIGINT ? "SIGINT" : "SIGTERM"));
  signals.clear();  // back to the default action: a second signal ends the process at once
  service_notify{}.stopping();
  daemon.stop();
}

task<void> run_to_the_end(boost::asio::signal_set& signals, running_daemon& daemon) {
  service_notify{}.ready();
  co_await daemon.run();
  signals.cancel();
}

}  // namespace

model::result<exit_code> run(const run_command& asked, observe::log& messages) {
  const auto settings = read_settings(asked);
  if (!settings) return std::unexpected(settings.error());
  auto tls = net::tls_context::open(model::tls_options{});
  if (!tls) return std::unexpected(std::move(tls.error()));
  machine here(std::move(*tls));
  auto kept = open_store(asked.polling.state_dir, here.chance);
  if (!kept) return std::unexpected(std::move(kept.error()));

  stages all(*settings, here.around(messages), kept->place());
  const auto waiting = kept->store->at_a_glance();
  messages.info(fmt::format("edge-rollup {}: {} node{}, delivering to {}, state in {}", EDGE_ROLLUP_VERSION,
                            settings->nodes->size(), settings->nodes->size() == 1 ? "" : "s",
                            wire::to_string(settings->cloud->url), kept->directory.path().string()),
                {{"gateway", waiting.gateway}, {"stream", waiting.stream}, {"pending", waiting.pending}});
  running_daemon daemon(all, settings->shutdown_grace);
  boost::asio::signal_set signals(here.loop, SIGTERM, SIGINT);
  runtime::task_scope tasks(all.loop, all.time);
  tasks.spawn(stop_on_signal(signals, daemon, messages));
  tasks.spawn(run_to_the_end(signals, daemon));
  here.loop.run();
  const auto left = kept->store->at_a_glance();
  messages.info(fmt::format("stopped, {} rollups wait for the cloud", left.pending), {{"pending", left.pending}});
  return exit_code::ok;
}

}  // namespace edge_rollup::daemon
