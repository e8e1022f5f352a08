// Counters of the registry only grow, so what a stage counts itself is taken over as the difference.
#include "daemon/telemetry.hpp"

#include "model/words.hpp"
#include "outbox/runway.hpp"

#include <chrono>

namespace edge_rollup::daemon {
namespace {

using observe::metric;

double in_seconds(model::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

double unix_seconds(model::wall_time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void catch_up(observe::counter& counter, std::uint64_t total) {
  counter.add(total - counter.value());
}

}  // namespace

telemetry::telemetry(observe::metrics& registry)
    : registry_(registry),
      poll_seconds_(registry.get<metric::poll_duration_seconds>()),
      round_seconds_(registry.get<metric::round_duration_seconds>()),
      delivery_seconds_(registry.get<metric::delivery_duration_seconds>()) {
  polls_[0] = &registry.get<metric::polls_total>("ok");
  for (std::size_t kind = 0; kind < model::failure_kind_names.size(); ++kind) {
    polls_[kind + 1] = &registry.get<metric::polls_total>(model::failure_kind_names[kind]);
  }
  for (const auto name : deliver::verdict_names) registry.get<metric::deliveries_total>(name).add(0);
  // What counts is there from the start, at 0: a first step from nothing would be seen by no rate.
  registry.get<metric::poll_received_bytes_total>().add(0);
  registry.get<metric::rounds_total>().add(0);
  registry.get<metric::rounds_skipped_total>().add(0);
  registry.get<metric::cloud_sent_bytes_total>().add(0);
  registry.get<metric::build_info>(EDGE_ROLLUP_VERSION).set(1);
}

void telemetry::rounds_skipped(std::uint64_t slots) {
  registry_.get<metric::rounds_skipped_total>().add(slots);
}

void telemetry::round_ended(const model::rollup& made, std::span<const model::poll_outcome> outcomes,
                            model::wall_time now, std::uint64_t received_bytes) {
  for (const model::poll_outcome& outcome : outcomes) {
    polls_[outcome.ok() ? 0 : static_cast<std::size_t>(outcome.answer.error().kind) + 1]->add();
    if (outcome.latency > model::nanoseconds::zero()) poll_seconds_.observe(in_seconds(outcome.latency));
  }
  catch_up(registry_.get<metric::poll_received_bytes_total>(), received_bytes);
  registry_.get<metric::rounds_total>().add();
  round_seconds_.observe(in_seconds(made.round.took));
  registry_.get<metric::last_round_timestamp_seconds>().set(unix_seconds(now));

  const model::coverage& nodes = made.coverage;
  const auto set = [](observe::gauge& gauge, std::uint64_t value) { gauge.set(static_cast<double>(value)); };
  set(registry_.get<metric::nodes>("ok"), nodes.ok);
  set(registry_.get<metric::nodes>("failed"), nodes.failed);
  set(registry_.get<metric::nodes>("skipped"), nodes.skipped);
  set(registry_.get<metric::nodes_by_freshness>("fresh"), nodes.ok - nodes.stale - nodes.unchanged - nodes.unknown);
  set(registry_.get<metric::nodes_by_freshness>("stale"), nodes.stale);
  set(registry_.get<metric::nodes_by_freshness>("unchanged"), nodes.unchanged);
  set(registry_.get<metric::nodes_by_freshness>("unknown"), nodes.unknown);
  set(registry_.get<metric::records>(), made.total_records);
  auto& quality = registry_.get<metric::quality_ratio>();
  if (made.quality.mean_ok) {
    quality.set(*made.quality.mean_ok);
  } else {
    quality.clear();
  }
  auto& synchronized = registry_.get<metric::clock_synchronized>();
  if (made.round.clock == model::clock_state::unknown) {
    synchronized.clear();
  } else {
    synchronized.set(made.round.clock == model::clock_state::synchronized ? 1 : 0);
  }
}

void telemetry::try_ended(const deliver::delivery_try& ended, const deliver::delivery_state& state,
                          model::wall_time now) {
  const auto given = ended.judged.verdict;
  registry_.get<metric::deliveries_total>(to_string(given)).add();
  delivery_seconds_.observe(in_seconds(ended.came.took));
  registry_.get<metric::cloud_sent_bytes_total>().add(ended.came.body_bytes);
  if (given == deliver::verdict::delivered)
    registry_.get<metric::last_delivery_timestamp_seconds>().set(unix_seconds(now));
  for (const auto name : deliver::hold_reason_names) {
    auto& holds = registry_.get<metric::delivery_hold>(name);
    if (state.hold && to_string(state.hold->reason) == name) {
      holds.set(1);
    } else {
      holds.clear();
    }
  }
}

void telemetry::settings_taken(model::wall_time now) {
  registry_.get<metric::config_last_reload_successful>().set(1);
  registry_.get<metric::config_last_reload_success_timestamp_seconds>().set(unix_seconds(now));
}

void telemetry::settings_refused() {
  registry_.get<metric::config_last_reload_successful>().set(0);
}

void telemetry::lists_read(const fleet::fleet_news& news, model::wall_time now) {
  registry_.get<metric::node_lists>("good").set(static_cast<double>(news.good));
  registry_.get<metric::node_lists>("broken").set(static_cast<double>(news.broken));
  if (news.broken == 0) registry_.get<metric::node_lists_last_success_timestamp_seconds>().set(unix_seconds(now));
  registry_.get<metric::node_changes_total>("added").add(news.changes.added.size());
  registry_.get<metric::node_changes_total>("removed").add(news.changes.removed.size());
  registry_.get<metric::node_changes_total>("changed").add(news.changes.changed.size());
}

void telemetry::outbox_changed(const outbox::overview& store) {
  registry_.get<metric::outbox_entries>().set(static_cast<double>(store.pending));
  registry_.get<metric::outbox_dead_entries>().set(static_cast<double>(store.dead));
  registry_.get<metric::outbox_bytes>().set(static_cast<double>(store.bytes));
  registry_.get<metric::outbox_limit_bytes>().set(static_cast<double>(store.limit_bytes));
  for (std::size_t reason = 0; reason < store.discarded.size(); ++reason) {
    const auto word = model::to_string(static_cast<model::loss_reason>(reason));
    catch_up(registry_.get<metric::outbox_discarded_total>(word), store.discarded[reason]);
  }
  catch_up(registry_.get<metric::outbox_salvaged_total>(), store.salvaged);
  auto& runway_left = registry_.get<metric::outbox_runway_seconds>();
  if (const auto runway = outbox::runway(store, interval_)) {
    runway_left.set(in_seconds(*runway));
  } else {
    runway_left.clear();
  }
  auto& oldest = registry_.get<metric::outbox_oldest_timestamp_seconds>();
  if (store.oldest) {
    oldest.set(unix_seconds(*store.oldest));
  } else {
    oldest.clear();
  }
}

}  // namespace edge_rollup::daemon
