#include "sim/promises.hpp"
#include "sim/simulation.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::milliseconds;

TEST_CASE("no step of the wall clock makes two rounds of one slot, a long pause, or a body that lies about its time") {
  struct row {
    const char* name;
    milliseconds step;
  };
  const row steps[] = {
      {"a millisecond", 1ms},
      {"a second", 1s},
      {"less than half an interval", 149s},
      {"half an interval", 150s},
      {"nearly an interval", 299s},
      {"an interval", 5min},
      {"one and a half", 450s},
      {"an hour and a bit", 3'601s},
      {"a year", 365 * 24h},
  };
  for (const auto& row : steps) {
    for (const auto by : {row.step, -row.step}) {
      // The step comes at every point of an interval, also right before, in and right after a round of 5 s.
      for (const auto into_slot : {0ms, 1ms, 2'000ms, 4'999ms, 5'000ms, 5'001ms, 100'000ms, 150'000ms, 299'999ms}) {
        INFO(row.name << (by < 0ms ? " back, " : " forth, ") << into_slot.count() << " ms into a slot");
        sim::simulation world({.seed = 7, .nodes = 2, .interval = 5min});
        world.nodes[1].become(sim::node_mood::silent);
        world.start();
        const auto slot = 5min - world.time.wall_now().time_since_epoch() % 5min + 10min;
        world.at(slot + into_slot, [&world, by] { world.step_wall(by); });
        world.at(slot + into_slot + 22min, [&world, by] { world.step_wall(-by); });
        world.run_until(1h);
        CHECK(world.disk.entries().empty());
        check_promises(world);
      }
    }
  }
}

TEST_CASE("a clock that is set back a little again and again costs no round") {
  sim::simulation world({.seed = 8, .nodes = 2, .interval = 5min});
  world.start();
  for (auto when = 1min; when < 24h; when += 7min) {
    world.at(when, [&world] { world.step_wall(-200ms); });
  }
  world.run_until(24h);
  CHECK(world.rounds.size() == 289);
  check_promises(world);
}
