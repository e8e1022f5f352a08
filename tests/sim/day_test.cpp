#include "sim/promises.hpp"
#include "sim/simulation.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>

using namespace edge_rollup;
using namespace std::chrono_literals;
using sim::node_mood;

TEST_CASE("in a day there are 289 rounds, on the slots, and each rollup is delivered once, exact and in order") {
  sim::simulation world({.seed = 20261122, .nodes = 20, .interval = 5min});
  world.nodes[3].become(node_mood::refuses);
  world.nodes[4].become(node_mood::ignores);
  world.nodes[5].become(node_mood::silent);
  world.nodes[6].become(node_mood::drips);
  world.nodes[7].become(node_mood::garbles);
  world.nodes[8].become(node_mood::forgets_a_field);
  world.nodes[9].become(node_mood::flaky);
  world.start();
  world.run_until(24h);

  const std::size_t rounds = 1 + 24h / 5min;
  CHECK(world.rounds.size() == rounds);
  CHECK(world.cloud.arrivals.size() == rounds);
  CHECK(world.nodes[0].told.size() == rounds);
  CHECK(world.nodes[5].told.empty());
  CHECK(world.nodes[9].told.size() > rounds / 8);
  CHECK(world.nodes[9].told.size() < rounds / 2);
  CHECK(world.disk.entries().empty());
  check_promises(world);
}

TEST_CASE("a day without nodes that answer and without a cloud is delivered afterwards") {
  sim::simulation world({.seed = 1, .nodes = 3, .interval = 5min});
  for (auto& node : world.nodes) node.become(node_mood::ignores);
  world.cloud.become(sim::cloud_mood::busy_until_date);
  world.start();
  world.run_until(24h);
  CHECK(world.kept.at_a_glance().pending == 289);
  world.drain(6h);
  CHECK(world.disk.entries().empty());
  check_promises(world);
}
