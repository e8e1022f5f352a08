#include "daemon/admin/daemon_view.hpp"

#include "deliver/kept_answer.hpp"
#include "outbox/runway.hpp"
#include "runtime/disk_space.hpp"
#include "wire/url.hpp"

#include <unistd.h>

#include <chrono>

namespace edge_rollup::daemon {
namespace {

/// What an operator does about a hold, whatever the cloud said.
std::string_view next_step(deliver::hold_reason reason) {
  using enum deliver::hold_reason;
  switch (reason) {
    case redirect: return "set cloud.url to the address that the cloud redirects to";
    case unauthorized: return "renew the token or password in cloud.auth";
    case forbidden: return "let the cloud accept rollups of this gateway, or renew cloud.auth";
    case not_found: return "correct the path in cloud.url";
    case method: return "correct cloud.url: POST is not accepted there";
    case media_type: return "correct cloud.url, or let the cloud accept application/json";
    case proxy: return "correct cloud.proxy, or let the proxy reach the cloud";
    case credentials: return "make the file of the secret readable";
    case captive_portal: return "log in to the network, or use https in cloud.url";
    case refused_all:
      return "see the cloud's words with: edge-rollup outbox show; drop what it never takes with: edge-rollup outbox "
             "drop";
    case other: break;
  }
  return "see what the cloud says, and mend cloud.url or the cloud";
}

serve::round_facts facts_of(std::uint64_t number, const model::rollup& made) {
  return {number,          made.round.trigger, made.round.started,
          made.round.took, made.total_records, made.quality.mean_ok,
          made.coverage};
}

constexpr std::size_t instance_digits = 8;  // enough to tell one process from the next

}  // namespace

daemon_view::daemon_view(view_parts parts)
    : parts_(std::move(parts)),
      events_(parts_.all.rounds.instance().substr(0, instance_digits)),
      changes_(parts_.store.at_a_glance().lost, parts_.all.time.wall_now()) {}

void daemon_view::round_ended(finished_round round) {
  serve::made_rollup made;
  made.round = facts_of(parts_.all.rounds.rounds(), round.rollup);
  if (round.kept && round.identity) {
    made.sequence = round.identity->sequence;
    made.id = std::move(round.identity->id);
  }
  const auto now = parts_.all.time.now();
  const auto wall_now = parts_.all.time.wall_now();
  auto marks = serve::marks_of(round.outcomes, round.rollup.node_freshness);
  history_.round_ended(round.rollup, serve::spread_of(marks), now);
  history_.outbox_seen(waiting_before(round), now);
  polls_.round_ended(round.nodes, std::move(marks), wall_now);
  if (made.sequence) archive_.keep(*made.sequence, round.nodes, round.outcomes, round.rollup.node_freshness);
  nodes_.round_ended(std::move(round.nodes), std::move(round.outcomes), std::move(round.rollup.node_freshness),
                     wall_now);
  events_.tell(serve::events_of_round(made, nodes_, wall_now));
  rollups_.made(std::move(made));
}

void daemon_view::try_ended(const deliver::delivery_try& ended) {
  const auto wall_now = parts_.all.time.wall_now();
  const auto verdict = to_string(ended.judged.verdict);
  serve::ended_try told{wall_now, ended.sequence, ended.id, verdict, ended.came.status, ended.came.took, {}};
  if (ended.judged.verdict == deliver::verdict::delivered) {
    last_delivered_ = wall_now;
    last_failure_.reset();
    rollups_.delivered(ended.sequence, verdict, wall_now);
  } else {
    auto answer = deliver::kept_answer(ended.came);
    told.text = answer.words;
    last_failure_ = {wall_now, answer.status, answer.words};
    rollups_.failed(ended.sequence, verdict, std::move(answer));
  }
  events_.tell({serve::event_of_try(told)});
  rollups_.tried(std::move(told));
  history_.outbox_seen(parts_.store.at_a_glance().pending, parts_.all.time.now());
}

void daemon_view::look_around() {
  const auto& report = parts_.reloads.report();
  const serve::reload_facts reload{!report.error, report.error.value_or(report.changes)};
  const serve::watched_facts seen{delivery().hold, parts_.store.at_a_glance().lost.total, report.count, reload};
  events_.tell(changes_.look(seen, parts_.all.time.wall_now()));
}

serve::snapshot daemon_view::look() {
  if (nodes_.size() == 0) nodes_.expect(parts_.all.rounds.nodes());
  return {facts(),
          checks(),
          nodes_,
          rollups_,
          history_,
          polls_,
          archive_,
          parts_.all.time.now(),
          parts_.all.time.wall_now()};
}

/// A rollup that was stored a moment ago has not had its turn yet.
std::uint64_t daemon_view::waiting_before(const finished_round& round) const {
  const auto pending = parts_.store.at_a_glance().pending;
  return pending > 0 && round.kept ? pending - 1 : pending;
}

/// Only readiness of this process counts: a dead cloud and dead nodes are what it is there for.
std::vector<serve::check> daemon_view::checks() const {
  using state = serve::check::state;
  const bool writable = !parts_.store.at_a_glance().in_memory_only;
  const bool first_round_done = parts_.all.rounds.rounds() > 0;
  return {{"config", state::ok, "the settings are loaded"},
          {"outbox", writable ? state::ok : state::failing,
           writable ? "the disk takes rollups" : "the disk takes nothing: rollups are kept in memory only"},
          {"first_round", first_round_done ? state::ok : state::failing,
           first_round_done ? "the first round is done" : "the first round is not done yet"}};
}

serve::daemon_facts daemon_view::facts() {
  const auto& rounds = parts_.all.rounds;
  serve::daemon_facts made;
  made.gateway = rounds.gateway();
  made.instance = rounds.instance();
  made.pid = ::getpid();
  made.uptime = std::chrono::floor<model::seconds>(parts_.all.time.now() - rounds.began());
  made.state_dir = parts_.state_directory.string();
  made.config = {parts_.settings_file, parts_.reloads.report().last, parts_.reloads.report().error};
  made.last_round = rollups_.last_round();
  if (rounds.next_round()) made.next_round = start_of(*rounds.next_round());
  if (rounds.nodes()) made.listed_nodes = rounds.nodes()->size();
  made.rounds = rounds.rounds();
  made.rounds_skipped = rounds.rounds_skipped();
  made.delivery = delivery();
  made.store = parts_.store.at_a_glance();
  made.last_loss = changes_.last_loss();
  made.runway = outbox::runway(made.store, parts_.reloads.in_effect().poll.interval);
  made.disk_free_bytes = runtime::free_disk_bytes(parts_.state_directory);
  made.clock = parts_.all.time.wall_state();
  return made;
}

serve::delivery_facts daemon_view::delivery() {
  serve::delivery_facts made;
  if (const auto& cloud = parts_.reloads.in_effect().cloud) made.url = wire::to_string(cloud->url);
  made.last_delivered = last_delivered_;
  made.last_failure = last_failure_;
  if (!parts_.all.delivery) return made;
  const auto& state = parts_.all.delivery->state();
  if (state.last) made.last_verdict = to_string(*state.last);
  if (state.next_try) made.next_try = on_the_wall(next_try_, *state.next_try);
  made.consecutive_failures = state.consecutive_failures;
  if (state.hold) {
    made.hold = {to_string(state.hold->reason), on_the_wall(hold_since_, state.hold->since), state.hold->words,
                 std::string(next_step(state.hold->reason))};
  }
  return made;
}

/// The slot itself, and not what two clocks of different ticks make of it; but the truth where the wall clock was set.
model::wall_time daemon_view::start_of(const pipeline::planned_round& next) {
  const auto start = on_the_wall(next_round_, next.start);
  return std::chrono::abs(start - next.slot) < told_wall_time::set_by ? next.slot : start;
}

model::wall_time daemon_view::on_the_wall(told_wall_time& told, model::mono_time when) const {
  return told.of(when, parts_.all.time.now(), parts_.all.time.wall_now());
}

}  // namespace edge_rollup::daemon
