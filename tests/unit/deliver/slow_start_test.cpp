#include "deliver/slow_start.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using deliver::backlog;
using deliver::verdict;

namespace {

/// A backlog that is offered as fast as slow start allows, to a cloud that answers at once.
struct drain {
  deliver::slow_start pace;
  model::mono_time now{1h};

  void offer(verdict given = verdict::delivered, std::optional<int> status = {}, backlog left = backlog::some) {
    now = std::max(now, pace.next_offer());
    deliver::answer came;
    came.status = status;
    pace.answered(came, given, left, now);
  }

  /// Offers in each of the next seconds.
  std::vector<int> offers_in_seconds(int seconds) {
    std::vector<int> counts;
    for (; seconds > 0; --seconds) {
      const auto end = std::max(now, pace.next_offer()) + 1s;
      counts.push_back(0);
      while (std::max(now, pace.next_offer()) < end) {
        offer();
        ++counts.back();
      }
    }
    return counts;
  }

  model::nanoseconds distance() {
    offer();
    return pace.next_offer() - now;
  }
};

}  // namespace

TEST_CASE("a backlog drains by five a second at first, and each good second doubles that") {
  drain test;
  CHECK(test.offers_in_seconds(5) == std::vector{5, 10, 20, 40, 80});
}

TEST_CASE("there is no limit where nothing waits behind") {
  drain test;
  test.offer(verdict::delivered, 202, backlog::none);
  for (int i = 0; i < 1'000; ++i) test.offer();
  CHECK(test.now == model::mono_time{1h});
}

TEST_CASE("a long recovery ends in no limit") {
  drain test;
  [[maybe_unused]] const auto counts = test.offers_in_seconds(11);
  for (int i = 0; i < 6'000; ++i) test.offer();
  CHECK(test.distance() < 0ns);
}

TEST_CASE("429 and 503 halve the rate, an outage begins anew") {
  for (const int status : {429, 503}) {
    CAPTURE(status);
    drain test;
    [[maybe_unused]] const auto counts = test.offers_in_seconds(3);
    REQUIRE(test.distance() == 25ms);
    test.offer(verdict::retry, status);
    CHECK(test.pace.next_offer() <= test.now);  // how long to wait is the backoff's business
    CHECK(test.distance() == 50ms);

    SECTION("again after a good answer") {
      test.offer(verdict::retry, status);
      CHECK(test.distance() == 100ms);
    }
    SECTION("down to one a second") {
      for (int i = 0; i < 20; ++i) {
        test.offer(verdict::retry, status);
        test.offer();
      }
      CHECK(test.pace.next_offer() - test.now == 1s);
    }
    SECTION("more than once in a row is an outage") {
      test.offer(verdict::retry, status);
      test.offer(verdict::retry, status);
      CHECK(test.distance() == 200ms);
    }
    SECTION("any other failure is an outage") {
      test.offer(verdict::hold, 401);
      CHECK(test.distance() == 200ms);
    }
  }
}

TEST_CASE("after an outage in steady state recovery begins slowly") {
  for (const int status : {500, 503}) {
    CAPTURE(status);
    drain test;
    test.offer(verdict::delivered, 202, backlog::none);
    test.offer(verdict::retry, status);
    CHECK(test.distance() == 200ms);
  }
}

TEST_CASE("a refused rollup neither slows down nor waits") {
  drain test;
  test.offer(verdict::refused, 422);
  CHECK(test.pace.next_offer() <= test.now);
  CHECK(test.distance() == 200ms);
}

TEST_CASE("the distance is from the beginning of one offer to that of the next") {
  drain test;
  deliver::answer slow;
  slow.took = 150ms;
  test.pace.answered(slow, verdict::delivered, backlog::some, test.now);
  CHECK(test.pace.next_offer() - test.now == 50ms);
}
