#include "observe/upkeep_report.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using model::clock_state;

TEST_CASE("the clock is mentioned when its state changes, and not where nobody says") {
  observe::upkeep_report told;
  CHECK_FALSE(told.line_of(clock_state::synchronized));
  CHECK_FALSE(told.line_of(clock_state::unknown));
  const auto lost = told.line_of(clock_state::unsynchronized);
  REQUIRE(lost);
  CHECK(lost->level == observe::log_level::warn);
  CHECK_FALSE(told.line_of(clock_state::unsynchronized));
  CHECK_FALSE(told.line_of(clock_state::unknown));
  const auto found = told.line_of(clock_state::synchronized);
  REQUIRE(found);
  CHECK(found->level == observe::log_level::info);
}

TEST_CASE("rollups that were discarded are told once, by their reason, but not those an operator dropped") {
  observe::upkeep_report told;
  CHECK(told.lines_of({0, 0, 0, 0, 0}).empty());
  const auto lines = told.lines_of({3, 1, 0, 0, 7});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].message ==
        "lost: 3 rollups discarded unsent, the outbox is full (outbox.max_bytes); the cloud is told");
  CHECK(lines[1].message == "lost: 1 rollup discarded unsent, they were too old (outbox.max_age); the cloud is told");
  CHECK(told.lines_of({3, 1, 0, 0, 9}).empty());
  CHECK(told.lines_of({4, 1, 0, 0, 9}).size() == 1);
}
