#include "sim/promises.hpp"
#include "sim/simulation.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace edge_rollup;
using namespace std::chrono_literals;
using sim::cloud_mood;
using sim::node_mood;

namespace {

constexpr auto mid_round = 2s;

/// Two nodes, of which one keeps the first round open until its timeout.
class open_round {
 public:
  open_round() {
    world.nodes[1].become(node_mood::silent);
    world.start();
    world.run_until(mid_round);
  }

  [[nodiscard]] bool is_partial() const {
    return world.rounds.size() == 1 && world.rounds[0].stored &&
           world.rounds[0].made.body.find(R"("partial":true)") != std::string::npos &&
           world.rounds[0].made.body.find(R"("error_kind":"cancelled")") != std::string::npos;
  }

  sim::simulation world{{.seed = 3, .nodes = 2, .interval = 5min}};
};

}  // namespace

TEST_CASE("a stop in the middle of a round keeps what came, delivers it and ends") {
  open_round test;
  test.world.stop();
  test.world.run_until(mid_round + 1s + 100ms);
  CHECK(test.is_partial());
  CHECK(test.world.cloud.arrivals.size() == 1);
  CHECK_FALSE(test.world.running());
  check_promises(test.world);
}

TEST_CASE("a round that is nearly done when the stop comes is not cut") {
  open_round test;
  test.world.run_until(4'500ms);
  test.world.stop();
  test.world.run_until(5'500ms);
  REQUIRE(test.world.rounds.size() == 1);
  CHECK(test.world.rounds[0].made.body.find("partial") == std::string::npos);
  CHECK_FALSE(test.world.running());
  check_promises(test.world);
}

TEST_CASE("without a cloud a stop ends within its grace, and the next process delivers the partial rollup first") {
  for (const auto mood : sim::outages) {
    INFO("mood " << static_cast<int>(mood));
    open_round test;
    test.world.cloud.become(mood);
    test.world.stop();
    test.world.run_until(mid_round + test.world.settings.shutdown_grace);
    CHECK(test.is_partial());
    CHECK_FALSE(test.world.running());
    CHECK(test.world.kept.at_a_glance().pending == 1);
    test.world.drain(1h);
    CHECK(test.world.disk.entries().empty());
    check_promises(test.world);
  }
}

TEST_CASE("a stop between two rounds begins no other and ends at once") {
  open_round test;
  test.world.run_until(6s);
  const auto asked = test.world.nodes[0].told.size();
  test.world.stop();
  test.world.run_until(6s);
  CHECK_FALSE(test.world.running());
  CHECK(test.world.nodes[0].told.size() == asked);
  CHECK(test.world.disk.entries().empty());
  check_promises(test.world);
}

TEST_CASE("what a killed process had not stored is lost, and nothing else") {
  open_round test;
  test.world.kill();
  CHECK(test.world.rounds.empty());
  test.world.run_until(1min);
  test.world.start();
  test.world.run_until(1h);
  CHECK(test.world.disk.entries().empty());
  CHECK(test.world.kept.stored_in_all() == 13);
  check_promises(test.world);
}
