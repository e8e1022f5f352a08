// `edge-rollup run`: builds the daemon on this machine and stops it on a signal.
#include "daemon/daemon.hpp"
#include "daemon/machine.hpp"
#include "daemon/outbox_watch.hpp"
#include "daemon/running_daemon.hpp"
#include "daemon/service_notify.hpp"
#include "daemon/stages.hpp"
#include "model/grouped.hpp"
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

task<void> run_to_the_end(boost::asio::signal_set& signals, running_daemon& daemon, outbox_watch& operators) {
  service_notify{}.ready();
  co_await daemon.run();
  operators.stop();
  signals.cancel();
}

std::string nodes_in_words(const pipeline& rounds) {
  if (!rounds.knows_nodes()) return "nodes as the lists name them";
  return model::counted(rounds.nodes()->size(), "node");
}

}  // namespace

model::result<exit_code> run(const config::config& settings, observe::log& messages) {
  machine here(messages);
  auto kept = open_store(settings, here, messages);
  if (!kept) return std::unexpected(std::move(kept.error()));

  stages all(settings, here.around(messages), kept->place());
  if (auto ready = all.prepare(); !ready) return std::unexpected(std::move(ready.error()));
  const auto waiting = kept->store->at_a_glance();
  messages.info(
      fmt::format("edge-rollup {}: {}, delivering to {}, state in {}", EDGE_ROLLUP_VERSION, nodes_in_words(all.rounds),
                  wire::to_string(settings.cloud->url), kept->directory.path().string()),
      {{"gateway", waiting.gateway}, {"stream", waiting.stream}, {"pending", waiting.pending}});
  running_daemon daemon(all, settings.shutdown_grace);
  outbox_watch operators(all.time, *kept->store, [&all, &store = *kept->store] {
    all.numbers.outbox_changed(store.at_a_glance());
    all.delivery->look();
  });
  boost::asio::signal_set signals(here.loop, SIGTERM, SIGINT);
  runtime::task_scope tasks(all.loop, all.time);
  tasks.spawn(operators.run());
  tasks.spawn(stop_on_signal(signals, daemon, messages));
  tasks.spawn(run_to_the_end(signals, daemon, operators));
  here.loop.run();
  const auto left = kept->store->at_a_glance();
  messages.info(fmt::format("stopped, {} left for the cloud", model::counted(left.pending, "rollup")),
                {{"pending", left.pending}});
  return exit_code::ok;
}

}  // namespace edge_rollup::daemon
