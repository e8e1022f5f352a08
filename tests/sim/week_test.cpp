#include "sim/promises.hpp"
#include "sim/random_week.hpp"
#include "sim/simulation.hpp"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

/// As many as fit into a few seconds of a debug build; SIM_WORLDS=5000 looks for what is rarer.
constexpr std::uint64_t usual_worlds = 40;

/// After an end as bad as the policy allows: rollups aside wear out at offers up to 15 minutes apart.
constexpr model::milliseconds longest_drain = 14 * 24h;

std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : std::optional<std::uint64_t>(std::stoull(text));
}

/// Two days, or now and then a whole week with more rounds; some with a small outbox, or a forgetful one.
void live_through(std::uint64_t seed) {
  INFO("SIM_SEED=" << seed);
  const bool is_long = seed % 16 == 0;
  sim::setting wanted{.seed = seed, .nodes = 2, .interval = is_long ? 30min : 120min};
  if (seed % 5 == 1) wanted.bounds.max_bytes = 65'536;
  if (seed % 5 == 2) wanted.bounds.max_age = 10h;
  sim::simulation world(wanted);
  if (seed % 5 == 1) world.kept.expect(model::loss_reason::max_bytes);
  if (seed % 5 == 2) world.kept.expect(model::loss_reason::max_age);
  const model::milliseconds end = is_long ? sim::week : 48h;
  plan_random_days(world, end);
  world.run_until(end);
  world.drain(longest_drain);
  CHECK_FALSE(world.running());
  CHECK(world.kept.at_a_glance().pending == 0);
  CHECK(world.rounds.size() > 10);
  check_promises(world);
}

}  // namespace

TEST_CASE("whatever some days bring, each rollup is delivered, kept or told as lost, in order and unchanged") {
  if (const auto seed = from_environment("SIM_SEED")) return live_through(*seed);
  const auto worlds = from_environment("SIM_WORLDS").value_or(usual_worlds);
  const std::uint64_t first = Catch::getSeed();
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) live_through(seed);
}
