#include "serve/daemon_verdict.hpp"

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace edge_rollup;
using serve::daemon_facts;
using serve::verdict_level;

namespace {

daemon_facts healthy() {
  daemon_facts facts;
  facts.last_round.emplace().nodes = {.expected = 5, .ok = 5};
  facts.runway = model::seconds(1'000'000);
  facts.clock = model::clock_state::synchronized;
  return facts;
}

}  // namespace

TEST_CASE("The daemon judges itself by what is worst") {
  using enum verdict_level;
  struct row {
    std::string label;
    std::function<void(daemon_facts&)> changed;
    verdict_level level;
    std::string told;
  };
  const std::vector<row> rows = {
      {"nothing wrong", [](daemon_facts&) {}, ok, "ok"},
      {"no round yet", [](daemon_facts& f) { f.last_round.reset(); }, ok, "ok"},
      {"a node failed", [](daemon_facts& f) { f.last_round->nodes = {.expected = 5, .ok = 4, .failed = 1}; }, warning,
       "1 of 5 nodes not ok"},
      {"every node failed", [](daemon_facts& f) { f.last_round->nodes = {.expected = 5, .failed = 5}; }, critical,
       "none of 5 nodes is ok"},
      {"stale data", [](daemon_facts& f) { f.last_round->nodes.stale = 2; }, warning, "2 nodes with stale data"},
      {"a hold",
       [](daemon_facts& f) {
         f.delivery.hold = {"unauthorized", {}, "HTTP 401", "renew"};
       },
       critical, "delivery holds (unauthorized): HTTP 401"},
      {"tries that failed", [](daemon_facts& f) { f.delivery.consecutive_failures = 3; }, warning,
       "delivery failed 3 times in a row"},
      {"a disk that takes nothing", [](daemon_facts& f) { f.store.in_memory_only = true; }, critical, "in memory only"},
      {"a short runway", [](daemon_facts& f) { f.runway = model::seconds(7'200), f.store.pending = 2; }, warning,
       "the outbox is full in 2 h"},
      {"a shorter one", [](daemon_facts& f) { f.runway = model::seconds(60), f.store.pending = 2; }, critical,
       "the outbox is full in 0 h"},
      {"a short one that nothing uses up", [](daemon_facts& f) { f.runway = model::seconds(60), f.store.pending = 1; },
       ok, "ok"},
      {"dead letters", [](daemon_facts& f) { f.store.dead = 1; }, warning, "1 dead letter"},
      {"rollups that are lost and nobody knows",
       [](daemon_facts& f) {
         f.store.lost = {3, {{1, 3, model::loss_reason::max_age}}};
       },
       warning, "3 rollups discarded unsent"},
      {"a reload that failed", [](daemon_facts& f) { f.config.error = "1 mistake"; }, warning,
       "reload failed: 1 mistake"},
      {"a reload that failed for many reasons",
       [](daemon_facts& f) { f.config.error = "2 mistakes in the settings\na.yaml:8:8: no such key\n    8 | x\nmore"; },
       warning, "reload failed: 2 mistakes in the settings, first a.yaml:8:8: no such key; see edge-rollup check"},
      {"the clock", [](daemon_facts& f) { f.clock = model::clock_state::unsynchronized; }, warning,
       "the clock is not synchronized"},
      {"two things, the worse first",
       [](daemon_facts& f) { f.config.error = "1 mistake", f.last_round->nodes = {.expected = 1, .failed = 1}; },
       critical, "none of 1 node is ok; reload failed: 1 mistake"},
  };
  for (const auto& [label, changed, level, told] : rows) {
    INFO(label);
    auto facts = healthy();
    changed(facts);
    const auto verdict = judge(facts);
    CHECK(verdict.level == level);
    CHECK(verdict.text.ends_with(told));
  }
}
