#include "poll/circuit_breaker.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using poll::circuit_breaker;

namespace {

/// The rounds of `rounds` in which a node is asked that fails from the first round on.
std::vector<int> rounds_asked(std::chrono::milliseconds interval, int rounds) {
  circuit_breaker breaker;
  std::vector<int> asked;
  model::mono_time now{1h};
  for (int round = 1; round <= rounds; ++round, now += interval) {
    if (!breaker.allows(now + 3ms)) continue;  // a little late, as ticks are
    asked.push_back(round);
    breaker.failed(now + 3ms, interval);
  }
  return asked;
}

}  // namespace

TEST_CASE("after five failures a node is probed after two intervals, then at doubling distances up to ten minutes") {
  CHECK(rounds_asked(10s, 200) == std::vector<int>{1, 2, 3, 4, 5, 7, 11, 19, 35, 67, 127, 187});
}

TEST_CASE("at the interval of five minutes every second round probes") {
  CHECK(rounds_asked(300s, 12) == std::vector<int>{1, 2, 3, 4, 5, 7, 9, 11});
}

TEST_CASE("rounds back to back count as a second apart, so that dead nodes are spared there as well") {
  circuit_breaker breaker;
  const model::mono_time now{1h};
  for (int i = 0; i < 5; ++i) breaker.failed(now, 0s);
  CHECK(breaker.next_probe() == now + 2 * poll::least_interval - poll::least_interval / 4);
  breaker.failed(breaker.next_probe(), 0s);
  CHECK(breaker.next_probe() > now + 5s);
}

TEST_CASE("where two intervals are more than ten minutes, every second round probes") {
  CHECK(rounds_asked(20min, 12) == std::vector<int>{1, 2, 3, 4, 5, 7, 9, 11});
}

TEST_CASE("one success closes the breaker and forgets the failures") {
  circuit_breaker breaker;
  const model::mono_time now{1h};
  for (int i = 0; i < 9; ++i) breaker.failed(now, 10s);
  CHECK_FALSE(breaker.allows(now + 1s));
  breaker.succeeded();
  CHECK(breaker.allows(now));
  for (int i = 0; i < 4; ++i) breaker.failed(now, 10s);
  CHECK(breaker.allows(now));
  breaker.failed(now, 10s);
  CHECK_FALSE(breaker.allows(now + 10s));
  CHECK(breaker.allows(now + 20s));
}
