// `edge-rollup run`: builds the daemon on this machine, reloads it on SIGHUP and stops it on SIGTERM or SIGINT.
#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_files.hpp"
#include "daemon/beside/running_daemon.hpp"
#include "daemon/command/read_settings.hpp"
#include "daemon/daemon.hpp"
#include "daemon/machine.hpp"
#include "daemon/outbox_watch.hpp"
#include "daemon/reloader.hpp"
#include "daemon/service/service_notify.hpp"
#include "daemon/service/service_report.hpp"
#include "daemon/service/service_watchdog.hpp"
#include "daemon/service/start_extension.hpp"
#include "daemon/stages.hpp"
#include "model/grouped.hpp"
#include "observe/event.hpp"
#include "runtime/task_scope.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using observe::event;
using observe::event_field;
using runtime::task;

/// Beyond shutdown_grace: what is under way on the disk is waited for. Asked for anew with each round that it took.
constexpr model::seconds stop_margin{20};

/// What runs beside rounds and delivery, and ends with them.
struct companions {
  boost::asio::signal_set& stops;
  boost::asio::signal_set& hangups;
  outbox_watch& operators;
  std::optional<service_watchdog>& watchdog;
  std::optional<admin>& front;
  reloader& reloads;

  void end() {
    reloads.stop();
    operators.stop();
    if (front) front->stop();
    if (watchdog) watchdog->stop();
    stops.cancel();
    hangups.cancel();
  }
};

task<void> stop_on_signal(boost::asio::signal_set& signals, running_daemon& daemon, const service_notify& service,
                          observe::log& messages) {
  auto [error, signal] = co_await signals.async_wait(runtime::as_result);
  if (error) co_return;  // the rounds that were asked for are done
  messages.info(fmt::format("stopping on {}", signal == SIGINT ? "SIGINT" : "SIGTERM"),
                {event_field(event::service_stopping)});
  signals.clear();  // back to the default action: a second signal ends the process at once
  service.stopping(daemon.grace() + stop_margin);
  daemon.stop();
}

task<void> reload_on_signal(boost::asio::signal_set& hangups, reloader& reloads) {
  for (;;) {
    auto [error, signal] = co_await hangups.async_wait(runtime::as_result);
    if (error) co_return;
    reloads.ask();
  }
}

task<void> run_to_the_end(running_daemon& daemon, const service_notify& service, companions beside) {
  service.ready();
  co_await daemon.run();
  beside.end();
}

task<void> change_bounds(outbox::sqlite_outbox& store, outbox::outbox_options bounds) {
  [[maybe_unused]] auto changed = co_await store.change_bounds(bounds);  // cannot fail
}

std::string nodes_in_words(const pipeline& rounds) {
  if (!rounds.knows_nodes()) return "nodes as the lists name them";
  return model::counted(rounds.nodes()->size(), "node");
}

/// By a path that is as good elsewhere: who asks is in another directory.
std::optional<std::string> settings_file_told(const run_command& asked) {
  const auto file = settings_file(asked.polling.settings);
  return file ? std::optional(std::filesystem::absolute(*file).lexically_normal().string()) : std::nullopt;
}

void tell_start(const config::config& settings, const stages& all, const keeping& kept, observe::log& messages) {
  const auto waiting = kept.store->at_a_glance();
  messages.info(
      fmt::format("edge-rollup {}: {}, delivering to {}, state in {}", EDGE_ROLLUP_VERSION, nodes_in_words(all.rounds),
                  wire::to_string(settings.cloud->url), kept.directory.path().string()),
      {event_field(event::service_started),
       {"gateway", all.rounds.gateway()},
       {"stream", waiting.stream},
       {"pending", waiting.pending}});
}

}  // namespace

model::result<ending> run(const run_command& asked, const config::config& settings, observe::output_log& messages) {
  const service_notify service;
  machine here(messages);
  boost::asio::signal_set hangups(here.loop, SIGHUP);  // from now on: it would end the process
  std::optional<start_extension> opening(service);
  auto kept = open_store(settings, here, messages);
  opening.reset();
  if (!kept) return std::unexpected(std::move(kept.error()));

  const auto askers = settings.admin.listen ? admin_connections() : 0;
  const auto around = here.around(messages, askers);
  stages all(settings, around, kept->place());
  if (auto ready = all.prepare(); !ready) return std::unexpected(std::move(ready.error()));
  running_daemon daemon(all, settings.shutdown_grace);
  runtime::task_scope tasks(all.loop, all.time);

  auto read_again = [asked, read = settings.fleet.named_files] { return read_settings_again(asked, read); };
  auto taken_on = [&](const config::config& next) {
    messages.write_from(next.log.level.value_or(observe::log_level::info));
    tasks.spawn(change_bounds(*kept->store, next.outbox));
  };
  auto look = [&all] { all.changed(); };
  reloader reloads({all.loop, all.time, messages, all.numbers, service, daemon, read_again, taken_on, look}, settings);
  service_report status(service, all, *kept->store);
  std::optional<admin> front;
  all.changed = [&status, &reloads, &daemon, &service, &front] {
    status.look(reloads.report());
    if (front) front->look_around();
    if (const auto left = daemon.time_left()) service.give_me(*left + stop_margin);
  };
  outbox_watch operators(all.time, *kept->store, messages, [&all, &store = *kept->store] {
    all.numbers.outbox_changed(store.at_a_glance());
    all.delivery->look();
    all.changed();
  });
  remove_admin_files(kept->directory.path());  // of one that was killed
  if (settings.admin.listen) {
    front.emplace(admin_parts{all, reloads, *kept->store, here.chance, messages, kept->directory.path(),
                              settings_file_told(asked), around.host_name, askers,
                              [&network = here.network] { return network.expiries(); }},
                  settings.admin);
    if (auto opened = front->open(); !opened) return std::unexpected(std::move(opened.error()));
  }
  tell_start(settings, all, *kept, messages);
  std::optional<service_watchdog> watchdog;
  if (const auto patience = service.watchdog()) {
    watchdog.emplace(all.time, *kept->store, *patience, [&service] { service.alive(); });
    tasks.spawn(watchdog->run());
  }

  boost::asio::signal_set stops(here.loop, SIGTERM, SIGINT);
  tasks.spawn(operators.run());
  tasks.spawn(reload_on_signal(hangups, reloads));
  tasks.spawn(stop_on_signal(stops, daemon, service, messages));
  tasks.spawn(run_to_the_end(daemon, service, {stops, hangups, operators, watchdog, front, reloads}));
  here.loop.run();

  const auto left = kept->store->at_a_glance();
  messages.info(fmt::format("stopped, {} left for the cloud", model::counted(left.pending, "rollup")),
                {event_field(event::service_stopped), {"pending", left.pending}});
  service.give_me(stop_margin);
  return ending{exit_code::ok, reloads.left_thread() || daemon.left_thread()};
}

}  // namespace edge_rollup::daemon
