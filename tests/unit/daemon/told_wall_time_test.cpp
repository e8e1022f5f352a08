#include "daemon/text/told_wall_time.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using namespace std::chrono_literals;

TEST_CASE("A moment is told alike each time, until the wall clock is set") {
  const model::wall_time noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h};
  const model::mono_time when{100s};
  daemon::told_wall_time told;
  CHECK(told.of(when, when + 1s, noon + 1s) == noon);
  CHECK(told.of(when, when + 2s + 300us, noon + 2s) == noon);
  CHECK(told.of(when, when + 3s, noon + 3s + 1ms) == noon);
  CHECK(told.of(when, when + 4s, noon + 1h + 4s) == noon + 1h);
  CHECK(told.of(when + 1ms, when + 4s, noon + 4s) == noon + 1ms);
}
