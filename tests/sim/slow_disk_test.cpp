// A disk that takes its time moves no round, as long as it catches up.
#include "daemon/pipeline.hpp"
#include "sim/promises.hpp"
#include "sim/simulation.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

constexpr auto interval = 1s;
constexpr const char* of_the_disk = "the disk has not taken the rounds before";
constexpr const char* of_the_nodes = "the round was not over";

/// Two nodes, of which one keeps every round open for half the interval.
sim::simulation& with_a_slow_node(sim::simulation& world) {
  world.settings.fleet.fixed[1].timeout = 500ms;
  world.nodes[1].become(sim::node_mood::silent);
  return world;
}

/// How many starts of rounds after the first do not follow the one before by one interval.
std::size_t off_the_slots(const sim::simulation& world) {
  std::size_t off = 0;
  const auto& told = world.nodes[0].told;
  for (std::size_t i = 2; i < told.size(); ++i) off += told[i].asked - told[i - 1].asked == interval ? 0U : 1U;
  return off;
}

std::vector<std::uint64_t> taken_by(const sim::simulation& world) {
  std::vector<std::uint64_t> taken;
  for (const auto& each : world.cloud.arrivals) {
    if (each.taken) taken.push_back(each.sequence);
  }
  return taken;
}

}  // namespace

TEST_CASE("with syncs that take nearly an interval, every round begins on its slot, and all come in order") {
  sim::simulation made({.seed = 9, .nodes = 2, .interval = interval});
  auto& world = with_a_slow_node(made);
  world.at(5s, [&world] { world.storing_takes = 900ms; });  // what ends the first round may be near the second's slot
  world.start();
  world.run_until(2min);
  CHECK(world.nodes[0].told.size() >= 120);
  CHECK(off_the_slots(world) == 0);
  CHECK(world.said("were skipped") == 0);
  world.stop();
  world.run_until(2min + 10s);
  CHECK_FALSE(world.running());
  CHECK(world.rounds.size() == world.nodes[0].told.size());
  CHECK(taken_by(world).size() == world.rounds.size());
  CHECK(std::ranges::is_sorted(taken_by(world)));
  CHECK(world.disk.entries().empty());
  check_promises(world);
}

TEST_CASE(
    "a disk that stalls for a while moves no round; one that stays slow skips slots, and the log blames the disk") {
  sim::simulation made({.seed = 9, .nodes = 2, .interval = interval});
  auto& world = with_a_slow_node(made);
  world.at(30'500ms, [&world] { world.storing_takes = 2'500ms; });
  world.at(31'500ms, [&world] { world.storing_takes = 0ms; });
  world.start();
  world.run_until(1min);
  CHECK(off_the_slots(world) == 0);
  CHECK(world.said("were skipped") == 0);

  world.storing_takes = 4s;
  world.run_until(2min);
  CHECK(off_the_slots(world) > 0);
  CHECK(world.said(of_the_disk) > 0);
  CHECK(world.said(of_the_nodes) == 0);
  const auto asked = world.nodes[0].told.size();
  CHECK(asked - world.kept.stored_in_all() <= daemon::pipeline::most_unkept);

  world.storing_takes = 0ms;
  world.run_until(3min);
  CHECK(world.disk.entries().empty());
  CHECK(std::ranges::is_sorted(taken_by(world)));
}

TEST_CASE("slots that pass while a node keeps a round open are not the disk's fault") {
  sim::simulation world({.seed = 9, .nodes = 2, .interval = interval});
  world.settings.fleet.fixed[1].timeout = 1'700ms;
  world.nodes[1].become(sim::node_mood::silent);
  world.start();
  world.run_until(1min);
  CHECK(world.said(of_the_nodes) > 0);
  CHECK(world.said(of_the_disk) == 0);
}
