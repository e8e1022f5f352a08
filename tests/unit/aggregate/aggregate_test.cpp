#include "aggregate/aggregate.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace edge_rollup::aggregate {
namespace {

using namespace std::chrono_literals;
using model::failure_kind;
using model::freshness;

__extension__ typedef unsigned __int128 uint128;

constexpr auto most = std::numeric_limits<std::uint64_t>::max();
constexpr model::wall_time started{1'795'367'100s};

struct round {
  std::vector<model::node> nodes;
  std::vector<model::poll_outcome> outcomes;
  freshness_memory memory;

  void add(model::poll_outcome outcome) {
    nodes.emplace_back().url = "http://node-" + std::to_string(nodes.size());
    outcomes.push_back(std::move(outcome));
  }

  [[nodiscard]] model::rollup summed() const {
    model::round_facts facts;
    facts.started = started;
    return aggregate(facts, nodes, outcomes, memory);
  }
};

model::poll_outcome answered(std::uint64_t records, double quality, std::optional<model::wall_time> updated = {}) {
  return {model::summary{records, quality, std::nullopt, updated}, 1ms};
}

model::poll_outcome failed(failure_kind kind) {
  return {std::unexpected(model::failure{kind, "why", {}}), 1ms};
}

TEST_CASE("A round is summed over its ok nodes", "[aggregate]") {
  round r;
  r.add(answered(4160, 0.981, started - 9s));
  r.add(answered(3904, 0.955));
  r.add(failed(failure_kind::http_status));
  const auto rollup = r.summed();
  CHECK(rollup.total_records == 8064);
  CHECK_FALSE(rollup.records_saturated);
  CHECK(rollup.data_quality_score == 0.968);
  CHECK(rollup.coverage == model::coverage{3, 2, 1, 0, 0, 0, 1});
  CHECK(rollup.quality == model::quality{0.968, 1.936 / 3.0, 0.9684126984126984, 0.955, 0.981});
  CHECK(rollup.node_freshness == std::vector{freshness::fresh, freshness::unknown, freshness::unknown});
  CHECK(rollup.round.started == started);
}

TEST_CASE("Skipped nodes are counted apart from failed ones, and parts of ok by freshness", "[aggregate]") {
  round r;
  r.add(answered(1, 1.0, started - 1s));
  r.add(answered(1, 1.0, started - 2s));
  r.memory.learn(r.nodes, r.outcomes);
  r.outcomes[0] = answered(1, 1.0, started);
  r.add(answered(1, 1.0, started - 1h));
  r.add(failed(failure_kind::skipped));
  r.add(failed(failure_kind::cancelled));
  r.add(failed(failure_kind::bad_summary));
  const auto rollup = r.summed();
  CHECK(rollup.coverage == model::coverage{6, 3, 2, 1, 1, 1, 0});
  CHECK(rollup.total_records == 3);
}

TEST_CASE("A node's own max_age decides what is stale", "[aggregate]") {
  round r;
  r.add(answered(1, 1.0, started - 1h));
  CHECK(r.summed().node_freshness[0] == freshness::stale);
  r.nodes[0].max_age = 2h;
  CHECK(r.summed().node_freshness[0] == freshness::fresh);
}

TEST_CASE("Without an ok node the quality is 0 and what has no value is empty", "[aggregate]") {
  round r;
  CHECK(r.summed().quality == model::quality{});
  CHECK(r.summed().data_quality_score == 0.0);
  r.add(failed(failure_kind::timeout));
  CHECK(r.summed().quality == model::quality{{}, 0.0, {}, {}, {}});
  CHECK(r.summed().data_quality_score == 0.0);
}

TEST_CASE("Without records there is no weighted mean", "[aggregate]") {
  round r;
  r.add(answered(0, 0.25));
  CHECK(r.summed().quality == model::quality{0.25, 0.25, {}, 0.25, 0.25});
}

TEST_CASE("The record sum stays at its limit and says so", "[aggregate]") {
  round r;
  r.add(answered(most, 0.5));
  CHECK(r.summed().total_records == most);
  CHECK_FALSE(r.summed().records_saturated);
  r.add(answered(0, 0.5));
  CHECK_FALSE(r.summed().records_saturated);
  r.add(answered(1, 0.5));
  CHECK(r.summed().total_records == most);
  CHECK(r.summed().records_saturated);
  r.add(answered(most, 1.0));
  CHECK(r.summed().records_saturated);
  CHECK(r.summed().quality.record_weighted == 0.75);
}

TEST_CASE("A small node is not lost beside large ones", "[aggregate]") {
  round r;
  r.add(answered(most / 2, 1.0));
  for (int i = 0; i < 100'000; ++i) r.add(answered(1, 0.1));
  const auto quality = r.summed().quality;
  CHECK(std::fabs(*quality.mean_ok - (1.0 + 100'000 * 0.1) / 100'001) < 1e-15);
  CHECK(*quality.record_weighted < 1.0 + 1e-15);
}

round any_round() {
  round r;
  const auto size = *rc::gen::inRange(0, 40);
  for (int i = 0; i < size; ++i) {
    const auto score = static_cast<double>(*rc::gen::inRange(0, 1'000'001)) / 1e6;
    const auto age = std::chrono::seconds{*rc::gen::inRange(-400, 2000)};
    const auto records = *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 100), rc::gen::arbitrary<std::uint64_t>(),
                                         rc::gen::inRange<std::uint64_t>(most - 2, most));
    switch (*rc::gen::inRange(0, 5)) {
      case 0: r.add(failed(failure_kind::timeout)); break;
      case 1: r.add(failed(failure_kind::skipped)); break;
      case 2: r.add(answered(records, score)); break;
      default: r.add(answered(records, score, started - age));
    }
  }
  if (*rc::gen::arbitrary<bool>()) r.memory.learn(r.nodes, r.outcomes);
  return r;
}

TEST_CASE("Sums, extremes and coverage are those of the nodes", "[aggregate]") {
  tests::holds_for_all("against sums in 128 bits", [] {
    const auto r = any_round();
    const auto rollup = r.summed();
    uint128 records = 0;
    for (const auto& outcome : r.outcomes) {
      if (outcome.ok()) records += outcome.answer->record_count;
    }
    RC_ASSERT(rollup.records_saturated == (records > most));
    RC_ASSERT(rollup.total_records == static_cast<std::uint64_t>(std::min<uint128>(records, most)));

    const auto& c = rollup.coverage;
    RC_ASSERT(c.expected == r.nodes.size());
    RC_ASSERT(c.expected == c.ok + c.failed + c.skipped);
    RC_ASSERT(c.stale + c.unchanged + c.unknown <= c.ok);
    RC_ASSERT(rollup.node_freshness.size() == r.nodes.size());

    const auto& q = rollup.quality;
    RC_ASSERT(q.mean_ok.has_value() == (c.ok > 0U));
    RC_ASSERT(q.record_weighted.has_value() == (records > 0U));
    for (const auto& mean : {q.mean_ok, q.record_weighted}) {
      if (mean) RC_ASSERT((*q.min <= *mean && *mean <= *q.max));
    }
    RC_ASSERT(rollup.data_quality_score == q.mean_ok.value_or(0.0));
  });
}

TEST_CASE("The order of the nodes changes nothing, to the last bit", "[aggregate]") {
  tests::holds_for_all("shuffled rounds are equal", [](std::uint32_t seed) {
    const auto r = any_round();
    std::vector<std::size_t> order(r.nodes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::shuffle(order, std::mt19937{seed});
    round shuffled;
    shuffled.memory = r.memory;
    for (const auto i : order) {
      shuffled.nodes.push_back(r.nodes[i]);
      shuffled.outcomes.push_back(r.outcomes[i]);
    }
    const auto one = r.summed();
    const auto other = shuffled.summed();
    RC_ASSERT(one.total_records == other.total_records);
    RC_ASSERT(one.records_saturated == other.records_saturated);
    RC_ASSERT((one.quality == other.quality));
    RC_ASSERT((one.coverage == other.coverage));
    for (std::size_t i = 0; i < order.size(); ++i) {
      RC_ASSERT((other.node_freshness[i] == one.node_freshness[order[i]]));
    }
  });
}

TEST_CASE("Equal scores have exactly themselves as their mean", "[aggregate]") {
  tests::holds_for_all("n times the same", [] {
    round r;
    const auto score = static_cast<double>(*rc::gen::inRange(0, 1'000'001)) / 1e6;
    const auto size = *rc::gen::inRange(1, 200);
    for (int i = 0; i < size; ++i) r.add(answered(*rc::gen::inRange<std::uint64_t>(1, 1000), score));
    RC_ASSERT(r.summed().data_quality_score == score);
    RC_ASSERT(*r.summed().quality.record_weighted == score);
  });
}

}  // namespace
}  // namespace edge_rollup::aggregate
