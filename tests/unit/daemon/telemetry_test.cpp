#include "daemon/telemetry.hpp"

#include "outbox/runway.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::failure_kind;
using model::poll_outcome;
using observe::metric;

namespace {

constexpr model::wall_time at(int unix_seconds) {
  return model::wall_time{std::chrono::seconds{unix_seconds}};
}

std::uint64_t observations(const observe::histogram& durations) {
  const auto& buckets = durations.value().buckets;
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

deliver::delivery_try tried(deliver::verdict verdict, std::uint64_t body_bytes) {
  deliver::delivery_try ended;
  ended.came.body_bytes = body_bytes;
  ended.judged.verdict = verdict;
  return ended;
}

}  // namespace

TEST_CASE("What counts is there from the start, at 0") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  // The outbox and the lists count for themselves, and are looked at before anybody asks.
  numbers.outbox_changed({});
  numbers.lists_read({}, at(0));
  for (const auto& family : registry.snapshot()) {
    const auto& about = observe::family_of(family.family);
    if (!about.name.starts_with("edge_rollup_") || about.type == observe::metric_type::gauge) continue;
    INFO(about.name);
    CHECK_FALSE(family.lines.empty());
  }
}

TEST_CASE("Skipped slots count when they have passed, not when the next round ends") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  numbers.rounds_skipped(3);
  CHECK(registry.get<metric::rounds_skipped_total>().value() == 3);
}

TEST_CASE("A round is counted when it has ended, each of its nodes by what came of it") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  const auto failed = [](failure_kind kind, model::nanoseconds latency) {
    return poll_outcome{std::unexpected(model::failure{kind, "", {}}), latency};
  };
  const std::vector<poll_outcome> outcomes = {{model::summary{}, 5ms},
                                              {model::summary{}, 7ms},
                                              failed(failure_kind::timeout, 2s),
                                              failed(failure_kind::skipped, 0s)};
  model::rollup made;
  made.round.took = 3s;
  made.total_records = 8'064;
  made.coverage = {.expected = 4, .ok = 2, .failed = 1, .skipped = 1, .stale = 1};

  numbers.round_ended(made, outcomes, at(1'000), 100);
  numbers.round_ended(made, outcomes, at(1'300), 250);

  CHECK(registry.get<metric::rounds_total>().value() == 2);
  CHECK(registry.get<metric::last_round_timestamp_seconds>().value() == 1'300);
  CHECK(registry.get<metric::round_duration_seconds>().value().sum == 6);
  CHECK(registry.get<metric::poll_received_bytes_total>().value() == 250);
  CHECK(registry.get<metric::records>().value() == 8'064);
  CHECK(registry.get<metric::polls_total>("ok").value() == 4);
  CHECK(registry.get<metric::polls_total>("timeout").value() == 2);
  CHECK(registry.get<metric::polls_total>("skipped").value() == 2);
  CHECK(registry.get<metric::polls_total>("connect").value() == 0);
  // Of the skipped one no poll began.
  CHECK(observations(registry.get<metric::poll_duration_seconds>()) == 6);
  CHECK(registry.get<metric::nodes>("ok").value() == 2);
  CHECK(registry.get<metric::nodes>("failed").value() == 1);
  CHECK(registry.get<metric::nodes>("skipped").value() == 1);
}

TEST_CASE("The four freshnesses add up to the nodes that are ok") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  model::rollup made;
  made.coverage = {.expected = 20, .ok = 16, .failed = 4, .stale = 1, .unchanged = 2, .unknown = 3};
  numbers.round_ended(made, {}, at(1'000), 0);
  CHECK(registry.get<metric::nodes_by_freshness>("fresh").value() == 10);
  CHECK(registry.get<metric::nodes_by_freshness>("stale").value() == 1);
  CHECK(registry.get<metric::nodes_by_freshness>("unchanged").value() == 2);
  CHECK(registry.get<metric::nodes_by_freshness>("unknown").value() == 3);
}

TEST_CASE("Quality and clock are absent where nothing is known of them") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  const auto& quality = registry.get<metric::quality_ratio>();
  const auto& synchronized = registry.get<metric::clock_synchronized>();
  model::rollup made;
  made.quality.mean_ok = 0.968;
  made.round.clock = model::clock_state::synchronized;
  numbers.round_ended(made, {}, at(1'000), 0);
  CHECK(quality.value() == 0.968);
  CHECK(synchronized.value() == 1);
  made.round.clock = model::clock_state::unsynchronized;
  numbers.round_ended(made, {}, at(1'300), 0);
  CHECK(synchronized.value() == 0);
  made.quality.mean_ok.reset();
  made.round.clock = model::clock_state::unknown;
  numbers.round_ended(made, {}, at(1'600), 0);
  CHECK_FALSE(quality.value());
  CHECK_FALSE(synchronized.value());
}

TEST_CASE("A hold has one reason at a time, and none once a rollup was delivered") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  const auto hold = [&](deliver::hold_reason reason) {
    deliver::delivery_state state;
    state.hold.emplace().reason = reason;
    numbers.try_ended(tried(deliver::verdict::hold, 1'000), state, at(1'000));
  };
  const auto reasons = [&] {
    std::vector<std::string> found;
    for (const auto name : deliver::hold_reason_names)
      if (registry.get<metric::delivery_hold>(name).value() == 1) found.emplace_back(name);
    return found;
  };

  hold(deliver::hold_reason::unauthorized);
  CHECK(reasons() == std::vector<std::string>{"unauthorized"});
  hold(deliver::hold_reason::proxy);
  CHECK(reasons() == std::vector<std::string>{"proxy"});
  CHECK_FALSE(registry.get<metric::delivery_hold>("unauthorized").value());
  CHECK_FALSE(registry.get<metric::last_delivery_timestamp_seconds>().value());

  numbers.try_ended(tried(deliver::verdict::delivered, 700), {}, at(1'060));
  CHECK(reasons().empty());
  CHECK(registry.get<metric::last_delivery_timestamp_seconds>().value() == 1'060);
  CHECK(registry.get<metric::deliveries_total>("hold").value() == 2);
  CHECK(registry.get<metric::deliveries_total>("delivered").value() == 1);
  CHECK(registry.get<metric::deliveries_total>("retry").value() == 0);
  CHECK(registry.get<metric::cloud_sent_bytes_total>().value() == 2'700);
  CHECK(observations(registry.get<metric::delivery_duration_seconds>()) == 3);
}

TEST_CASE("The outbox is told as it stands; what it discarded only grows") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  const auto& oldest = registry.get<metric::outbox_oldest_timestamp_seconds>();
  const auto& runway = registry.get<metric::outbox_runway_seconds>();
  outbox::overview store;
  store.pending = 3;
  store.dead = 2;
  store.bytes = 4'096;
  store.limit_bytes = 1'000'000;
  store.newest_bytes = 1'000;
  store.max_age = 24h;
  store.oldest = at(500);
  store.discarded = {5, 4, 3, 2, 1};
  store.salvaged = 6;

  numbers.outbox_changed(store);
  CHECK(registry.get<metric::outbox_entries>().value() == 3);
  CHECK(registry.get<metric::outbox_dead_entries>().value() == 2);
  CHECK(registry.get<metric::outbox_bytes>().value() == 4'096);
  CHECK(registry.get<metric::outbox_limit_bytes>().value() == 1'000'000);
  CHECK(oldest.value() == 500);
  CHECK_FALSE(runway.value());  // rounds without an interval

  numbers.rounds_come_every(5min);
  store.discarded[0] = 7;
  store.oldest.reset();
  numbers.outbox_changed(store);
  CHECK_FALSE(oldest.value());
  CHECK(runway.value() == std::chrono::duration<double>(*outbox::runway(store, 5min)).count());
  CHECK(registry.get<metric::outbox_discarded_total>("max_bytes").value() == 7);
  CHECK(registry.get<metric::outbox_discarded_total>("max_age").value() == 4);
  CHECK(registry.get<metric::outbox_discarded_total>("disk").value() == 3);
  CHECK(registry.get<metric::outbox_discarded_total>("damage").value() == 2);
  CHECK(registry.get<metric::outbox_discarded_total>("operator").value() == 1);
  CHECK(registry.get<metric::outbox_salvaged_total>().value() == 6);
}

TEST_CASE("Settings that were refused leave the time of the last good ones") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  numbers.settings_taken(at(1'000));
  CHECK(registry.get<metric::config_last_reload_successful>().value() == 1);
  numbers.settings_refused();
  CHECK(registry.get<metric::config_last_reload_successful>().value() == 0);
  CHECK(registry.get<metric::config_last_reload_success_timestamp_seconds>().value() == 1'000);
}

TEST_CASE("Lists count as good or broken, and the time is of the last look at which all were good") {
  observe::metrics registry;
  daemon::telemetry numbers(registry);
  fleet::fleet_news news;
  news.good = 2;
  numbers.lists_read(news, at(1'000));
  news.good = 1;
  news.broken = 1;
  numbers.lists_read(news, at(1'010));
  CHECK(registry.get<metric::node_lists>("good").value() == 1);
  CHECK(registry.get<metric::node_lists>("broken").value() == 1);
  CHECK(registry.get<metric::node_lists_last_success_timestamp_seconds>().value() == 1'000);
}
