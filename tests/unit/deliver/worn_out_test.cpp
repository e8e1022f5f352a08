// Rollups that keep meeting errors: what counts, when they step aside, and how delivery passes them.
#include "deliver/delivery_policy.hpp"
#include "support/policy_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

using namespace edge_rollup;
using namespace edge_rollup::tests;
using namespace std::chrono_literals;
using deliver::action;
using deliver::hold_reason;
using deliver::send;
using deliver::wait_until;
using outbox::entry;
using outbox::entry_state;
using outbox::settlement;
using bench = tests::policy_bench;

TEST_CASE("a worn-out oldest lets delivery pass those aside, up to one that was not") {
  bench test(aside({1}, 20, 1h) + aside({2, 3}) + pending({4, 5, 6}));
  test.answer(1, 400);
  CHECK(test.next() == action{send{2}});
  test.answer(2, 400);
  CHECK(test.next() == action{send{3}});
  test.answer(3, 400);
  CHECK(test.next() == action{send{4}});

  SECTION("which is accepted: those passed die") {
    CHECK(test.answer(4, 202) == settlement{.delivered = 4, .tried = {}, .dead = {1, 2, 3}, .pending = {}});
    CHECK(test.next() == action{send{5}});
  }
  SECTION("which is refused too: delivery holds on, and offers one more the next time") {
    test.answer(4, 400);
    CHECK(test.policy.state().hold->reason == hold_reason::refused_all);
    CHECK(test.wait() == 30s);  // one offer beyond three
    for (const std::uint64_t sequence : {1U, 2U, 3U, 4U, 5U}) CHECK(test.answer_next(400) == sequence);
    CHECK(test.wait() == 60s);
    CHECK(test.dead.empty());
  }
  SECTION("which meets an outage: the next occasion begins with the oldest") {
    test.answer(4, 503);
    CHECK(test.answer_next(202) == 1);
    CHECK(test.in_state(entry_state::pending) == sequences{2, 3, 4, 5, 6});
  }
}

TEST_CASE("delivery passes nothing while the oldest is not worn out") {
  struct row {
    const char* label;
    std::uint32_t tries;
    model::milliseconds troubled;
  };
  for (const auto& [label, tries, troubled] : {row{"few tries", 18, 2h}, row{"little trouble", 40, 56min}}) {
    INFO(label);
    bench test(aside({1}, tries, troubled) + aside({2, 3}) + pending({4}));
    test.answer(1, 400);
    CHECK(std::holds_alternative<wait_until>(test.next()));
  }
}

TEST_CASE("a rollup that keeps meeting errors steps aside after an hour and 20 tries, if others wait") {
  struct row {
    const char* label;
    int status;
    std::uint32_t troubled_tries;
    model::milliseconds troubled;
    std::vector<entry> behind;
    bool steps_aside;
  };
  const row rows[] = {
      {"5xx", 500, 19, 1h, pending({2}), true},
      {"409", 409, 19, 1h, pending({2}), true},
      {"timeout", timed_out, 19, 1h, pending({2}), true},
      {"too few tries", 500, 18, 1h, pending({2}), false},
      {"too little trouble", 500, 30, 57min - 1ms, pending({2}), false},
      {"nothing behind", 500, 30, 2h, {}, false},
      {"no connection", no_connection, 30, 2h, pending({2}), false},
      {"timeout of the connection", out_of_reach, 30, 2h, pending({2}), false},
      {"429", 429, 30, 2h, pending({2}), false},
      {"401", 401, 30, 2h, pending({2}), false},
  };
  constexpr std::uint32_t tries = 100;  // those that do not count are no reason
  for (const auto& [label, status, troubled_tries, troubled, behind, steps_aside] : rows) {
    INFO(label);
    const entry first{.sequence = 1, .tries = tries, .troubled_tries = troubled_tries, .troubled = troubled};
    bench test(std::vector{first} + behind);
    test.answer(1, status);
    CHECK(test.in_state(entry_state::aside) == (steps_aside ? sequences{1} : sequences{}));
    CHECK((test.next() == action{send{2}}) == steps_aside);
  }
}

TEST_CASE("an outage kills nothing however long it is: each occasion begins with the oldest") {
  bench test(pending({1, 2, 3}));
  while (test.in_state(entry_state::aside).empty()) test.answer_next(503);
  CHECK(test.now >= model::mono_time{1h} + 1h);
  CHECK(test.waiting[0].tries >= 20);
  CHECK(test.answer_next(503) == 2);
  CHECK(std::holds_alternative<wait_until>(test.next()));

  CHECK(test.answer_next(202) == 1);
  CHECK(test.answer_next(202) == 2);
  CHECK(test.answer_next(202) == 3);
  CHECK(test.dead.empty());
}

TEST_CASE("Retry-After is obeyed before a worn-out rollup is passed, and then the next one has its turn") {
  bench test(aside({1}, 39, 2h) + pending({2, 3}));
  test.answer(1, 503, 120s);
  CHECK(test.wait() == 120s);
  test.waiting.push_back({.sequence = 4});
  CHECK(test.wait() == 120s);

  SECTION("it is accepted") {
    CHECK(test.answer_next(202) == 2);
    CHECK(test.dead == sequences{1});
    CHECK(test.next() == action{send{3}});
  }
  SECTION("it is not: the next occasion begins with the oldest, after what was asked for last") {
    CHECK(test.answer_next(503, 60s) == 2);
    CHECK(test.wait() == 60s);
    CHECK(test.answer_next(202) == 1);
    CHECK(test.dead.empty());
  }
}

TEST_CASE("where passing the oldest takes time it is passed at once, and then at every 20th try only") {
  struct row {
    const char* label;
    int status;
    std::optional<model::seconds> retry_after;
    model::milliseconds took;
  };
  for (const auto& [label, status, retry_after, took] :
       {row{"Retry-After", 503, 120s, 20ms}, row{"a timeout", timed_out, {}, 30s}, row{"a slow 504", 504, {}, 60s}}) {
    INFO(label);
    bench test(std::vector{entry{.sequence = 1, .tries = 30, .troubled_tries = 30, .troubled = 2h}} + pending({2}));
    test.took = took;
    CHECK(test.answer_next(status, retry_after) == 1);
    CHECK(test.answer_next(status, retry_after) == 2);
    for (int tries = 0; tries < 9; ++tries) CHECK(test.answer_next(status, retry_after) == 1);
    CHECK(test.answer_next(status, retry_after) == 2);
    for (int tries = 0; tries < 20; ++tries) CHECK(test.answer_next(status, retry_after) == 1);
    CHECK(test.answer_next(status, retry_after) == 2);
  }
}

TEST_CASE("where passing the oldest takes no time it is passed at every try") {
  bench test(aside({1}, 30, 2h) + pending({2}));
  for (int tries = 0; tries < 3; ++tries) {
    CHECK(test.answer_next(503) == 1);
    CHECK(test.answer_next(503) == 2);
  }
}

TEST_CASE("a rollup that makes the cloud ask for a wait each time does not stall the others") {
  bench test(pending({1, 2, 3}));
  for (int tries = 0; tries < 60 && test.dead.empty(); ++tries) {
    const auto began = test.now;
    test.now = test.due();
    CHECK((tries == 0 || test.now - began >= 120s));
    const auto sequence = std::get<send>(test.next()).sequence;
    test.answer(sequence, sequence == 1 ? 503 : 202, 120s);
  }
  CHECK(test.dead == sequences{1});
  CHECK(test.next() == action{send{3}});
}

TEST_CASE("trouble is the time that ended in answers which count") {
  bench test(pending({1, 2}));
  const auto after = [&](model::milliseconds pause, int status) {
    test.now += pause;
    test.answer(1, status);
    return test.waiting[0].troubled;
  };
  CHECK(after(0min, no_connection) == 0min);
  CHECK(after(10min, 500) == 0min);
  CHECK(after(10min, 500) == 10min);
  CHECK(after(24h, no_connection) == 10min);
  CHECK(after(5min, timed_out) == 15min);
  test.restart();
  CHECK(after(24h, no_connection) == 15min);
  CHECK(after(24h, 500) == 18min);  // how long ago the last try was is not known: it counts as 3 min
  CHECK(after(1min, 409) == 19min);
  CHECK(test.waiting[0].tries == 8);
  CHECK(test.waiting[0].troubled_tries == 5);
}

TEST_CASE("a rollup that meets one error in each of many processes steps aside, and the others are delivered") {
  bench test(pending({1, 2, 3}));
  int processes = 0;
  while (!test.waiting.empty() && processes < 30) {
    ++processes;
    test.restart();
    test.now += 5min;
    for (auto step = test.next(); std::holds_alternative<send>(step); step = test.next()) {
      const auto sequence = std::get<send>(step).sequence;
      test.answer(sequence, sequence == 1 ? 500 : 202);
    }
  }
  CHECK(processes == 21);
  CHECK(test.dead == sequences{1});
}
