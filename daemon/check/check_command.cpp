#include "daemon/check/check_command.hpp"

#include "daemon/check/box_facts.hpp"
#include "daemon/check/cloud_way.hpp"
#include "daemon/check/expected_rollup.hpp"
#include "daemon/check/finding_list.hpp"
#include "daemon/check/list_facts.hpp"
#include "daemon/check/peer_facts.hpp"
#include "daemon/check/setup_cost.hpp"
#include "daemon/command/read_settings.hpp"
#include "daemon/machine.hpp"
#include "daemon/stages.hpp"
#include "daemon/text/progress_line.hpp"
#include "daemon/text/standard_streams.hpp"
#include "net/certificate_expiry.hpp"
#include "outbox/body_codec.hpp"
#include "runtime/task_scope.hpp"
#include "wire/rollup_json.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using runtime::task;

/// Nodes and cloud, and what came of asking them.
struct asked_peers {
  stages& all;
  std::shared_ptr<cloud_way> way;
  std::shared_ptr<deliver::sink> cloud;
  test_sending test = test_sending::not_wanted;
  model::result<void> listed = {};
  std::optional<finished_round> round = {};
  cloud_facts cloud_is = {};
  bool interrupted = false;
};

task<void> end_at_interrupt(boost::asio::signal_set& signals, asked_peers& peers) {
  auto [error, signal] = co_await signals.async_wait(runtime::as_result);
  if (error) co_return;
  signals.clear();  // a second one ends the process at once
  peers.interrupted = true;
  if (peers.all.lists) peers.all.lists->stop();
  peers.all.rounds.cut_short();
  peers.cloud->cancel();
}

task<void> ask_nodes(asked_peers& peers, progress_line& progress) {
  if (!peers.all.rounds.knows_nodes()) {
    progress.say("reading the lists of nodes");
    peers.listed = co_await peers.all.lists->read_all();
  }
  if (!peers.listed || peers.interrupted) co_return;
  progress.say("asking the nodes");
  poll::poll_schedule::start begun;
  begun.trigger = model::round_trigger::once;
  auto ended = co_await peers.all.rounds.one_round(begun);
  peers.round = std::move(ended);
}

task<void> send_test(asked_peers& peers, surroundings& around) {
  outbox::record test;
  test.stored_at = around.time.wall_now();
  test.id = wire::uuid_v7(test.stored_at, around.chance.next(), around.chance.next());
  test.body = wire::marked_as_test(peers.round->body, test.id);
  const auto answer = co_await peers.cloud->offer(test);
  peers.cloud_is.test = deliver::judge(answer, peers.cloud_is.trust);
}

task<void> reach_cloud(asked_peers& peers) {
  const auto reached = co_await peers.way->reach();
  if (!reached) peers.cloud_is.unreachable = reached.error().failure;
}

task<void> ask_all(boost::asio::signal_set& signals, asked_peers& peers, surroundings& around) {
  progress_line progress;
  co_await ask_nodes(peers, progress);
  if (!peers.interrupted) {
    if (peers.test == test_sending::wanted && peers.round) {
      progress.say("sending a test to the cloud");
      co_await send_test(peers, around);
    } else {
      progress.say("connecting to the cloud");
      co_await reach_cloud(peers);
    }
  }
  signals.cancel();
}

std::set<std::string> own_certificates(const config::config& settings, const node_list& nodes) {
  std::set<std::string> files;
  const auto add = [&files](const std::shared_ptr<const model::tls_options>& tls) {
    if (tls && !tls->certificate.empty()) files.insert(tls->certificate);
  };
  add(settings.cloud->tls);
  add(settings.fleet.defaults.tls);
  if (nodes) {
    for (const auto& node : *nodes) add(node.tls);
  }
  return files;
}

/// Of the servers that were asked, and our own. What cannot be read is told where it is used.
std::vector<certificate_fact> certificates_of(const config::config& settings, const node_list& nodes,
                                              const net::certificate_expiries& servers) {
  std::vector<certificate_fact> found;
  for (const auto& [server, expires] : servers) found.push_back({server, expires});
  for (const auto& file : own_certificates(settings, nodes)) {
    if (const auto expires = net::certificate_file_expiry(file)) found.push_back({file, *expires});
  }
  return found;
}

/// That of the round, else as it is to be expected; empty where it is not known which nodes there are.
std::optional<std::string> body_of(const asked_peers& peers, const config::config& settings, const std::string& gateway,
                                   const node_list& nodes, model::wall_time now) {
  if (peers.round) return peers.round->body;
  if (!nodes) return std::nullopt;
  return expected_rollup(settings, gateway, *nodes, now);
}

/// Empty where rounds run back to back: nobody operates a gateway so.
std::optional<setup_cost> cost_with(const std::string& body, const config::config& settings) {
  if (settings.poll.interval <= model::milliseconds::zero()) return std::nullopt;
  const auto packed = outbox::gzip(body).size();
  const bool is_sent_packed = settings.cloud->gzip == deliver::gzip_use::on;
  const rollup_size size{is_sent_packed ? packed : body.size(), packed};
  return cost_of(size, settings.cloud->url.scheme, settings.poll.interval, settings.outbox);
}

void append(findings& to, findings more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// What keeps every peer from being asked.
finding unprepared(const model::error& why) {
  return {finding_level::error, "peers", why.text, "mend it: nothing was asked", exit_code_of(why.kind)};
}

findings judge_peers(const asked_peers& peers) {
  findings found;
  if (!peers.listed) {
    const auto& why = peers.listed.error();
    found.push_back(
        {finding_level::error, "lists", why.text, "mend the list, or how it is reached", exit_code_of(why.kind)});
  } else if (peers.round) {
    found = judge_nodes(peers.round->rollup, *peers.all.rounds.nodes(), peers.round->outcomes);
  }
  append(found, judge_cloud(peers.cloud_is));
  return found;
}

}  // namespace

model::result<exit_code> tell_unread(const check_command& asked, const model::error& why) {
  if (asked.form == output_form::table) return std::unexpected(why);
  const finding unread{finding_level::error, "settings", why.text, "mend the settings: nothing else was checked",
                       exit_code_of(why.kind)};
  const auto printed = print(findings_json({unread}, std::nullopt));
  if (!printed) return std::unexpected(printed.error());
  return unread.code;
}

model::result<exit_code> check(const check_command& asked, const config::config& settings,
                               const config::secret_notes& noticed, observe::log& messages) {
  machine here(messages);
  auto around = here.around(messages);
  const auto gateway = kept_gateway(settings);
  const auto now = here.time.wall_now();
  auto lists = list_facts_of(settings.fleet, now);
  auto box = box_facts_of(settings, gateway, around.descriptors_for_nodes);
  box.rights = file_rights_of(settings, settings_file(asked.polling.settings), noticed.written_out);
  box.passed_over = noticed.unavailable;
  box.list_troubles = std::move(lists.troubles);
  box.clock = here.time.wall_state();

  stages all(settings, around, storage{nullptr, "/", gateway});
  auto way = std::make_shared<cloud_way>(*settings.cloud, around);
  asked_peers peers{all, way, cloud_way::sink_of(way), asked.test};
  peers.cloud_is.url = settings.cloud->url;
  peers.cloud_is.trust = way->trust();
  auto ready = all.prepare();
  if (ready) ready = way->prepare();
  peers.cloud_is.network = ready ? asked.network : network_use::offline;
  if (peers.cloud_is.network == network_use::asked) {
    boost::asio::signal_set signals(here.loop, SIGINT, SIGTERM);
    runtime::task_scope tasks(here.loop.get_executor(), here.time);
    tasks.spawn(end_at_interrupt(signals, peers));
    tasks.spawn(ask_all(signals, peers, around));
    here.loop.run();
  }
  if (peers.interrupted) return exit_code::interrupted;

  const auto& nodes = peers.round ? all.rounds.nodes() : lists.nodes;
  if (nodes) box.nodes = nodes->size();
  auto found = judge_box(box);
  if (!ready && box.unreadable.empty()) found.push_back(unprepared(ready.error()));
  append(found, judge_peers(peers));
  append(found, judge_certificates(certificates_of(settings, nodes, here.network.expiries()), now));
  const auto body = body_of(peers, settings, box.gateway, nodes, now);
  const auto cost = body ? cost_with(*body, settings) : std::nullopt;
  if (cost) found.push_back(judge_cost(*cost));
  const auto printed = print(asked.form == output_form::json ? findings_json(found, cost) : finding_table(found));
  if (!printed) return std::unexpected(printed.error());
  return code_of(found);
}

}  // namespace edge_rollup::daemon
