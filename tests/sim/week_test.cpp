#include "sim/promises.hpp"
#include "sim/random_week.hpp"
#include "sim/simulation.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

/// As many as fit into a few seconds of a debug build; SIM_WEEKS=5000 looks for what is rarer.
constexpr std::uint64_t usual_weeks = 25;

/// After an end as bad as the policy allows: rollups aside wear out at offers up to 15 minutes apart.
constexpr model::milliseconds longest_drain = 14 * 24h;

std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : std::optional<std::uint64_t>(std::stoull(text));
}

void live_through(std::uint64_t seed) {
  sim::simulation world({.seed = seed, .nodes = 2, .interval = seed % 8 == 0 ? 30min : 120min});
  plan_random_week(world);
  world.run_until(sim::week);
  world.drain(longest_drain);
  INFO("SIM_SEED=" << seed);
  CHECK_FALSE(world.running());
  CHECK(world.disk.at_a_glance().pending == 0);
  CHECK(world.rounds.size() > 50);
  check_promises(world);
}

}  // namespace

TEST_CASE("whatever a week brings, nothing stored is lost, reordered, renumbered or changed") {
  if (const auto seed = from_environment("SIM_SEED")) return live_through(*seed);
  const auto weeks = from_environment("SIM_WEEKS").value_or(usual_weeks);
  for (std::uint64_t seed = 1; seed <= weeks; ++seed) live_through(seed);
}
