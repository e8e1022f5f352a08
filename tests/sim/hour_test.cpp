// An hour of the wrong answer, and everything is delivered once the cloud is right again.
#include "sim/promises.hpp"
#include "sim/simulation.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>

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

TEST_CASE("after an hour with the wrong token all arrives within seconds of the right one, whatever the backoff") {
  const tests::temporary_directory room;
  const auto file = room.path() / "token";
  const auto write_token = [&file](const char* token) { std::ofstream(file) << token << "\n"; };
  for (const bool corrected : {false, true}) {
    INFO("corrected " << corrected);
    write_token("wrong");
    sim::simulation world({.seed = 5, .nodes = 2, .interval = 5min});
    model::credentials auth;
    auth.word.parts = {{model::secret::part::source::file, file.string()}};
    world.settings.cloud->auth = std::make_shared<const model::credentials>(auth);
    world.cloud.token = "right";
    world.start();
    world.run_until(1h);
    CHECK(world.kept.at_a_glance().pending == 13);
    const auto tries = world.cloud.arrivals.size();
    if (corrected) write_token("right");
    world.run_until(1h + 15s);
    // Another try was not due: it is the file that brings them.
    CHECK(world.cloud.arrivals.size() == (corrected ? tries + 13 : tries));
    CHECK(std::ranges::count_if(world.cloud.arrivals, &sim::arrival::taken) == (corrected ? 13 : 0));
    CHECK(world.kept.at_a_glance().dead == 0);
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
