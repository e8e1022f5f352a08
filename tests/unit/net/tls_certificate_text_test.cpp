#include "net/tls_certificate_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace edge_rollup;
using namespace std::chrono_literals;
using net::doubt_of_clock;

TEST_CASE("a clock that was never set is told by the year that it shows, any other is only asked about") {
  using std::chrono::sys_days;
  CHECK(doubt_of_clock({}) == "the clock of this machine is not set, it shows the year 1970");
  CHECK(doubt_of_clock(sys_days{2016y / 12 / 31} + 86'399s) ==
        "the clock of this machine is not set, it shows the year 2016");
  CHECK(doubt_of_clock(model::oldest_plausible_time - 1ms).starts_with("the clock of this machine is not set"));
  CHECK(doubt_of_clock(model::oldest_plausible_time) == "is the clock right?");
}
