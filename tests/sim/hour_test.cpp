// An hour of the wrong answer, and everything is delivered once the cloud is right again.
#include "sim/promises.hpp"
#include "sim/simulation.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>

using namespace edge_rollup;
using namespace std::chrono_literals;
using sim::cloud_mood;

TEST_CASE(
    "after an hour in which the cloud refused all, or held our token for wrong, nothing is dead and all arrives") {
  for (const auto mood : {cloud_mood::refuses_all, cloud_mood::unauthorized}) {
    INFO("mood " << static_cast<int>(mood));
    sim::simulation world({.seed = 5, .nodes = 2, .interval = 5min});
    world.cloud.become(mood);
    world.start();
    world.run_until(1h);
    CHECK(world.kept.at_a_glance().pending == 13);
    CHECK(world.kept.at_a_glance().dead == 0);
    world.cloud.become(cloud_mood::healthy);
    world.run_until(2h);
    CHECK(world.disk.entries().empty());
    CHECK(std::ranges::count_if(world.cloud.arrivals, &sim::arrival::taken) == 25);
    check_promises(world);
  }
}

TEST_CASE("of a poison rollup among good ones it alone dies") {
  sim::simulation world({.seed = 6, .nodes = 2, .interval = 5min});
  world.cloud.poison = {5};
  world.start();
  world.run_until(1h);
  world.stop();
  world.run_until(1h + 10s);
  const auto left = world.disk.entries();
  REQUIRE(left.size() == 1);
  CHECK(left.front().progress.sequence == 5);
  CHECK(left.front().progress.state == outbox::entry_state::dead);
  CHECK(std::ranges::count_if(world.cloud.arrivals, &sim::arrival::taken) == 12);
  check_promises(world);
}
