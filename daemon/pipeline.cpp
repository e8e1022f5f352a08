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

namespace {

constexpr const char* slow_nodes =
    "the round was not over when the next was due: slots of the clock were skipped; a shorter timeout helps";
constexpr const char* slow_disk =
    "the disk has not taken the rounds before when the next was due: slots of the clock were skipped; a faster disk or "
    "a "
    "longer interval helps";

round_settings settings_of(const config::config& all) {
  return {all.poll, all.record_kind, all.report, all.gateway};
}

}  // namespace

pipeline::pipeline(pipeline_parts parts, const config::config& settings, node_list nodes, std::string kept_gateway,
                   std::filesystem::path state_directory)
    : parts_(std::move(parts)),
      settings_(settings_of(settings)),
      rounds_wanted_(settings.rounds),
      nodes_(std::move(nodes)),
      kept_gateway_(std::move(kept_gateway)),
      state_directory_(std::move(state_directory)),
      instance_(wire::uuid_v4(parts_.chance.next(), parts_.chance.next())),
      began_(parts_.time.now()),
      nodes_known_(parts_.time.make_timer()),
      next_round_(parts_.time.make_timer()),
      asked_(parts_.time.make_timer()),
      kept_(parts_.time.make_timer()) {}

task<void> pipeline::run_rounds() {
  co_await know_nodes();
  poll::poll_schedule schedule(settings_.poll.interval);
  while (!stopping_ && (!rounds_wanted_ || begun_ < *rounds_wanted_)) {
    take_new_settings(schedule);
    const auto due = schedule.next_start();
    if (const auto slot = schedule.next_slot()) planned_ = {due, *slot};
    [[maybe_unused]] auto ended = co_await next_round_->wait_until(due);
    planned_.reset();
    if (stopping_) break;
    const bool is_due = parts_.time.now() >= due;
    const bool was_asked_for = std::exchange(round_asked_for_, false);
    if (!is_due && !was_asked_for) continue;  // there are new settings
    poll::poll_schedule::start begun{model::round_trigger::manual, std::nullopt};
    if (is_due) begun = schedule.begin_round(parts_.time.now(), parts_.time.wall_now());
    auto round = co_await ask(begun);
    unkept_.push_back(std::move(round));
    asked_->cancel();
    note_skipped(is_due ? schedule.end_round(parts_.time.now(), parts_.time.wall_now())
                        : schedule.skip_passed(parts_.time.now()),
                 slow_nodes);
    if (unkept_.size() < most_unkept) continue;
    while (unkept_.size() >= most_unkept) {
      [[maybe_unused]] auto woken = co_await kept_->wait_until(runtime::never);
    }
    note_skipped(schedule.skip_passed(parts_.time.now()), slow_disk);
  }
  all_asked_ = true;
  asked_->cancel();
}

task<void> pipeline::keep_rounds() {
  while (!all_asked_ || !unkept_.empty()) {
    if (unkept_.empty()) {
      [[maybe_unused]] auto woken = co_await asked_->wait_until(runtime::never);
      continue;
    }
    finished_round& first = unkept_.front();
    co_await keep(first, body_use::stored);
    auto round = std::move(first);
    unkept_.pop_front();
    kept_->cancel();
    end(round);
    if (parts_.ended) parts_.ended(std::move(round));
  }
}

void pipeline::note_skipped(std::uint64_t slots, const char* why) {
  if (slots == 0) return;
  rounds_skipped_ += slots;
  parts_.numbers.rounds_skipped(slots);
  parts_.messages.warn(why, {{"skipped", slots}});
}

void pipeline::change_settings(const config::config& settings) {
  next_settings_ = settings_of(settings);
  next_round_->cancel();
}

void pipeline::take_new_settings(poll::poll_schedule& schedule) {
  if (!next_settings_) return;
  settings_ = *std::exchange(next_settings_, std::nullopt);
  parts_.nodes.change_options(settings_.poll);
  parts_.numbers.rounds_come_every(settings_.poll.interval);
  schedule.change_interval(settings_.poll.interval, parts_.time.now(), parts_.time.wall_now());
}

model::result<std::uint64_t> pipeline::ask_for_round() {
  const auto number = begun_ + 1;
  if (stopping_ || (rounds_wanted_ && number > *rounds_wanted_)) {
    return model::fail(model::error_kind::unavailable, "the daemon is ending: no further round begins");
  }
  if (!knows_nodes()) {
    return model::fail(model::error_kind::unavailable, "no list names a node yet: rounds begin when one does");
  }
  round_asked_for_ = true;
  next_round_->cancel();
  return number;
}

task<void> pipeline::know_nodes() {
  if (knows_nodes() || stopping_) co_return;
  parts_.messages.warn("no list names a node yet: rounds begin when one does");
  while (!next_nodes_ && !stopping_) {
    [[maybe_unused]] auto woken = co_await nodes_known_->wait_until(runtime::never);
  }
}

void pipeline::change_nodes(node_list nodes) {
  next_nodes_ = std::move(nodes);
  nodes_known_->cancel();
}

void pipeline::take_new_nodes() {
  if (!next_nodes_) return;
  nodes_ = std::exchange(next_nodes_, nullptr);
  parts_.nodes.change_nodes(nodes_);
}

task<finished_round> pipeline::one_round(poll::poll_schedule::start begun) {
  auto round = co_await ask(begun);
  co_await keep(round, body_use::stored_and_shown);
  end(round);
  co_return round;
}

task<finished_round> pipeline::ask(poll::poll_schedule::start begun) {
  take_new_nodes();
  ++begun_;
  const auto started = parts_.time.now();
  model::round_facts facts;
  facts.trigger = begun.trigger;
  facts.scheduled = begun.scheduled;
  facts.started = parts_.time.wall_now();
  facts.clock = parts_.time.wall_state();

  finished_round round;
  round.nodes = nodes_;
  round.outcomes = co_await parts_.nodes.ask_all();
  facts.took = parts_.time.now() - started;
  facts.partial = std::ranges::any_of(round.outcomes, [](const model::poll_outcome& each) {
    return !each.ok() && each.answer.error().kind == model::failure_kind::cancelled;
  });
  round.rollup = aggregate::aggregate(facts, *nodes_, round.outcomes, freshness_);
  freshness_.learn(*nodes_, round.outcomes);
  round.label = label();
  round.report = settings_.report;
  co_return round;
}

void pipeline::end(const finished_round& round) {
  ++rounds_;
  coverage_ = round.rollup.coverage;
  tell(round);
}

task<void> pipeline::keep(finished_round& round, body_use use) {
  if (parts_.store == nullptr) {
    round.body = wire::to_json(round.rollup, round.label, *round.nodes, round.outcomes, round.report);
    co_return;
  }
  const auto stream = parts_.store->at_a_glance().stream;
  co_await keep_in_outbox(round, use);
  // A disk that takes nothing: the outbox goes on in another stream, for which the rollup is made anew.
  if (!round.kept && parts_.store->at_a_glance().stream != stream) co_await keep_in_outbox(round, use);
}

task<void> pipeline::keep_in_outbox(finished_round& round, body_use use) {
  auto& labelled = round.label;
  const auto store = parts_.store->at_a_glance();
  outbox::record made;
  made.sequence = store.next_sequence;
  made.stored_at = parts_.time.wall_now();
  made.id = wire::uuid_v7(made.stored_at, parts_.chance.next(), parts_.chance.next());
  labelled.identity = {made.id, store.stream, made.sequence, store.reason, store.previous_stream};
  labelled.lost = store.lost;
  labelled.health.pending = store.pending;
  labelled.health.dead = store.dead;
  made.body = wire::to_json(round.rollup, labelled, *round.nodes, round.outcomes, round.report);
  round.identity = labelled.identity;
  if (use == body_use::stored_and_shown) round.body = made.body;
  round.kept = co_await parts_.store->store(std::move(made));
  if (round.kept) parts_.stored(round.rollup.round.trigger);
}

model::rollup_label pipeline::label() const {
  model::rollup_label made;
  made.gateway = gateway();
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
  parts_.numbers.round_ended(round.rollup, round.outcomes, parts_.time.wall_now(), parts_.nodes.received_bytes());
  if (parts_.store != nullptr) {
    const auto store = parts_.store->at_a_glance();
    parts_.numbers.outbox_changed(store);
    say_all(upkeep_.lines_of(store.discarded));
  }
  if (const auto line = upkeep_.line_of(round.rollup.round.clock)) say_all({*line});
  say_all(report_.lines_of_round(*round.nodes, round.outcomes, round.rollup.node_freshness));
  say_all({observe::round_line(rounds_, round.rollup)});
  if (!round.kept) parts_.messages.error("the rollup of this round could not be stored: " + round.kept.error().text);
}

void pipeline::say_all(const std::vector<observe::log_entry>& lines) {
  for (const auto& line : lines) parts_.messages.write(line.level, line.message, line.fields);
}

void pipeline::stop() noexcept {
  stopping_ = true;
  nodes_known_->cancel();
  next_round_->cancel();
}

void pipeline::cut_short() {
  stop();
  parts_.nodes.cut_short();
}

}  // namespace edge_rollup::daemon
