// The stages do not know each other; this file knows them all and reads like the data's way through them.
#include "daemon/pipeline.hpp"

#include "aggregate/aggregate.hpp"
#include "runtime/disk_space.hpp"
#include "wire/rollup_json.hpp"
#include "wire/uuid.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::daemon {

using runtime::task;

pipeline::pipeline(pipeline_parts parts, config::config settings, std::string gateway,
                   std::filesystem::path state_directory)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      gateway_(std::move(gateway)),
      state_directory_(std::move(state_directory)),
      instance_(wire::uuid_v4(parts_.chance.next(), parts_.chance.next())),
      began_(parts_.time.now()),
      next_round_(parts_.time.make_timer()) {}

task<void> pipeline::run_rounds() {
  poll::poll_schedule schedule(settings_.poll.interval);
  while (!stopping_ && (!settings_.rounds || rounds_ < *settings_.rounds)) {
    const auto due = schedule.next_start();
    [[maybe_unused]] auto ended = co_await next_round_->wait_until(due);
    if (stopping_) break;
    const auto begun = schedule.begin_round(parts_.time.now(), parts_.time.wall_now());
    [[maybe_unused]] auto round = co_await one_round(begun);
    const auto skipped = schedule.end_round(parts_.time.now(), parts_.time.wall_now());
    if (skipped > 0) {
      rounds_skipped_ += skipped;
      parts_.messages.warn(
          "the round was not over when the next was due: slots of the clock were skipped; a shorter timeout helps",
          {{"skipped", skipped}});
    }
  }
}

task<finished_round> pipeline::one_round(poll::poll_schedule::start begun) {
  const auto started = parts_.time.now();
  model::round_facts facts;
  facts.trigger = begun.trigger;
  facts.scheduled = begun.scheduled;
  facts.started = parts_.time.wall_now();
  facts.clock = parts_.time.wall_state();

  finished_round round;
  round.outcomes = co_await parts_.nodes.ask_all();
  ++rounds_;
  facts.took = parts_.time.now() - started;
  facts.partial = std::ranges::any_of(round.outcomes, [](const model::poll_outcome& each) {
    return !each.ok() && each.answer.error().kind == model::failure_kind::cancelled;
  });
  round.rollup = aggregate::aggregate(facts, *settings_.nodes, round.outcomes, freshness_);
  freshness_.learn(*settings_.nodes, round.outcomes);
  co_await keep(round);
  tell(round);
  co_return round;
}

task<void> pipeline::keep(finished_round& round) {
  auto labelled = label();
  if (parts_.store == nullptr) {
    round.body = wire::to_json(round.rollup, labelled, *settings_.nodes, round.outcomes, settings_.report);
    co_return;
  }
  const auto store = parts_.store->at_a_glance();
  outbox::record made;
  made.sequence = store.next_sequence;
  made.stored_at = parts_.time.wall_now();
  made.id = wire::uuid_v7(made.stored_at, parts_.chance.next(), parts_.chance.next());
  labelled.identity = {made.id, store.stream, made.sequence, store.reason, store.previous_stream};
  labelled.lost = store.lost;
  labelled.health.pending = store.pending;
  labelled.health.dead = store.dead;
  made.body = wire::to_json(round.rollup, labelled, *settings_.nodes, round.outcomes, settings_.report);
  round.identity = labelled.identity;
  round.body = made.body;
  round.kept = co_await parts_.store->store(std::move(made));
  if (round.kept) parts_.stored();
}

model::rollup_label pipeline::label() const {
  model::rollup_label made;
  made.gateway = gateway_;
  made.instance = instance_;
  made.interval = settings_.poll.interval;
  made.record_kind = settings_.record_kind;
  made.health.version = EDGE_ROLLUP_VERSION;
  const auto uptime = std::chrono::floor<model::seconds>(parts_.time.now() - began_);
  made.health.uptime_s = static_cast<std::uint64_t>(uptime.count());
  made.health.rounds_skipped = rounds_skipped_;
  made.health.disk_free_bytes = runtime::free_disk_bytes(state_directory_);
  return made;
}

void pipeline::tell(const finished_round& round) {
  parts_.numbers.round_ended(round.rollup, round.outcomes, parts_.time.wall_now(), parts_.nodes.received_bytes(),
                             rounds_skipped_);
  if (parts_.store != nullptr) parts_.numbers.outbox_changed(parts_.store->at_a_glance());
  for (const auto& line : report_.lines_of_round(*settings_.nodes, round.outcomes)) {
    parts_.messages.write(line.level, line.message, line.fields);
  }
  const auto summary = observe::round_line(rounds_, round.rollup);
  parts_.messages.write(summary.level, summary.message, summary.fields);
  if (!round.kept) parts_.messages.error("the rollup of this round could not be stored: " + round.kept.error().text);
}

void pipeline::stop() noexcept {
  stopping_ = true;
  next_round_->cancel();
}

void pipeline::cut_short() {
  stop();
  parts_.nodes.cut_short();
}

}  // namespace edge_rollup::daemon
