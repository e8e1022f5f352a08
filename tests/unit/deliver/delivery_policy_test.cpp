#include "deliver/delivery_policy.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using deliver::action;
using deliver::delivery_policy;
using deliver::hold_reason;
using deliver::idle;
using deliver::send;
using deliver::verdict;
using deliver::wait_until;
using outbox::entry;
using outbox::entry_state;
using outbox::settlement;

namespace {

using sequences = std::vector<std::uint64_t>;

constexpr std::uint64_t longest_jitter = std::numeric_limits<std::uint64_t>::max();
constexpr int no_connection = 0;
constexpr int timed_out = -1;
constexpr int cancelled = -2;
constexpr int out_of_reach = -3;  // timed out before anything was sent

deliver::answer answer_of(int status, std::optional<model::seconds> retry_after = {}) {
  deliver::answer came;
  came.retry_after = retry_after;
  if (status == no_connection) came.failure = model::failure{model::failure_kind::connect, "refused", {}};
  if (status == timed_out) came.failure = model::failure{model::failure_kind::timeout, "timed out", {}};
  if (status == out_of_reach) came.failure = model::failure{model::failure_kind::timeout, "timed out", {}};
  came.request_left = status != no_connection && status != out_of_reach;
  if (status == cancelled) came.failure = model::failure{model::failure_kind::cancelled, "shutdown", {}};
  if (status > 0) came.status = status;
  return came;
}

/// A policy, the outbox it decides for, and a clock; with the longest jitter unless a test says otherwise.
class bench {
 public:
  explicit bench(std::vector<entry> entries) : waiting(std::move(entries)) {}

  action next() const { return policy.next_step(waiting, now); }

  settlement answer(std::uint64_t sequence, int status, std::optional<model::seconds> retry_after = {}) {
    auto came = answer_of(status, retry_after);
    came.took = took;
    const auto judged = deliver::judge(came, deliver::endpoint_trust::certain);
    const auto change = policy.answered(waiting, sequence, came, judged, now, longest_jitter);
    apply(change);
    return change;
  }

  /// Goes to the next try and answers it; returns which rollup it was.
  std::uint64_t answer_next(int status, std::optional<model::seconds> retry_after = {}) {
    now = due();
    const auto step = next();
    REQUIRE(std::holds_alternative<send>(step));
    const auto sequence = std::get<send>(step).sequence;
    answer(sequence, status, retry_after);
    return sequence;
  }

  /// When the next try is due.
  model::mono_time due() const {
    const auto step = next();
    const auto* wait = std::get_if<wait_until>(&step);
    return wait != nullptr ? wait->due : now;
  }

  model::milliseconds wait() const {
    const auto step = next();
    REQUIRE(std::holds_alternative<wait_until>(step));
    return std::chrono::round<model::milliseconds>(std::get<wait_until>(step).due - now);
  }

  void restart() { policy = delivery_policy(deliver::deliver_options{}); }

  sequences in_state(entry_state state) const {
    sequences found;
    for (const auto& each : waiting) {
      if (each.state == state) found.push_back(each.sequence);
    }
    return found;
  }

  delivery_policy policy{deliver::deliver_options{}};
  model::mono_time now{1h};
  model::milliseconds took{20};
  std::vector<entry> waiting;
  sequences dead;

 private:
  void apply(const settlement& change) {
    if (change.delivered) std::erase_if(waiting, [&](const entry& e) { return e.sequence == *change.delivered; });
    for (auto& each : waiting) {
      if (change.tried && change.tried->sequence == each.sequence) each = *change.tried;
      if (std::ranges::count(change.pending, each.sequence) > 0) each.state = entry_state::pending;
    }
    for (const auto sequence : change.dead) {
      dead.push_back(sequence);
      std::erase_if(waiting, [&](const entry& e) { return e.sequence == sequence; });
    }
  }
};

std::vector<entry> pending(std::initializer_list<std::uint64_t> numbers) {
  std::vector<entry> entries;
  for (const auto sequence : numbers) entries.push_back({.sequence = sequence});
  return entries;
}

std::vector<entry> aside(std::initializer_list<std::uint64_t> numbers, std::uint32_t tries = 1,
                         model::milliseconds troubled = 0ms) {
  std::vector<entry> entries;
  for (const auto sequence : numbers) {
    entries.push_back({.sequence = sequence,
                       .state = entry_state::aside,
                       .tries = tries,
                       .troubled_tries = tries,
                       .troubled = troubled});
  }
  return entries;
}

std::vector<entry> operator+(std::vector<entry> first, const std::vector<entry>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

TEST_CASE("rollups are offered one after the other, oldest first") {
  bench test(pending({3, 4, 7}));
  CHECK(test.next() == action{send{3}});
  CHECK(test.answer(3, 202) == settlement{.delivered = 3, .tried = {}, .dead = {}, .pending = {}});
  CHECK(test.next() == action{send{4}});
  test.answer(4, 200);
  CHECK(test.next() == action{send{7}});
  test.answer(7, 204);
  CHECK(test.next() == action{idle{}});
  CHECK(test.policy.state().last == verdict::delivered);
}

TEST_CASE("after a failure the same rollup is offered again, each time later, up to five minutes") {
  bench test(pending({1, 2}));
  for (const auto upper_end : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s}) {
    CHECK(test.answer_next(no_connection) == 1);
    CHECK(test.wait() == upper_end);
  }
  CHECK(test.policy.state().consecutive_failures == 11);
  CHECK(test.waiting[0] == entry{.sequence = 1, .state = entry_state::pending, .tries = 11});

  SECTION("a delivery ends it at once") {
    CHECK(test.answer_next(202) == 1);
    CHECK(test.next() == action{send{2}});
    CHECK(test.policy.state() == deliver::delivery_state{.last = verdict::delivered, .hold = {}, .next_try = {}});
    test.answer(2, 503);
    CHECK(test.wait() == 1s);
  }
  SECTION("a new rollup does not shorten it") {
    test.waiting.push_back({.sequence = 3});
    CHECK(test.wait() == 300s);
  }
}

TEST_CASE("Retry-After is the least wait, up to an hour") {
  struct row {
    int status;
    model::seconds asked, waited;
  };
  for (const auto& [status, asked, waited] :
       {row{503, 120s, 120s}, row{429, 120s, 120s}, row{503, 0s, 1s}, row{503, 7200s, 3600s}, row{401, 120s, 1s}}) {
    INFO("status " << status << ", asked for " << asked.count() << " s");
    bench test(pending({1}));
    test.answer(1, status, asked);
    CHECK(test.wait() == waited);
  }
}

TEST_CASE("a refused rollup steps aside, the next is offered at once, and its acceptance is the evidence") {
  bench test(pending({1, 2, 3}));
  const auto change = test.answer(1, 422);
  CHECK(change.tried == entry{.sequence = 1, .state = entry_state::aside, .tries = 1, .troubled_tries = 1});
  CHECK(change.dead.empty());
  CHECK(test.next() == action{send{2}});
  CHECK(test.answer(2, 202) == settlement{.delivered = 2, .tried = {}, .dead = {1}, .pending = {}});
  CHECK(test.next() == action{send{3}});
}

TEST_CASE("once an older one is accepted, those aside come back") {
  bench test(aside({1, 2, 3}) + pending({4}));
  CHECK(test.next() == action{send{1}});
  CHECK(test.answer(1, 202) == settlement{.delivered = 1, .tried = {}, .dead = {}, .pending = {2, 3}});
  CHECK(test.next() == action{send{2}});
}

TEST_CASE("with three aside delivery holds and offers the oldest at each retry") {
  bench test(pending({1, 2, 3, 4}));
  test.answer(1, 400);
  test.answer(2, 413);
  CHECK_FALSE(test.policy.state().hold);
  test.answer(3, 422);
  REQUIRE(test.policy.state().hold);
  CHECK(test.policy.state().hold->reason == hold_reason::refused_all);
  const auto since = test.policy.state().hold->since;

  for (const auto upper_end : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 512s, 900s, 900s}) {
    CHECK(test.wait() == upper_end);
    CHECK(test.answer_next(400) == 1);
  }
  CHECK(test.policy.state().hold->since == since);
  CHECK(test.in_state(entry_state::aside) == sequences{1, 2, 3});
  CHECK(test.dead.empty());

  test.waiting.push_back({.sequence = 5});
  CHECK(test.wait() == 900s);
  CHECK(test.answer_next(202) == 1);
  CHECK_FALSE(test.policy.state().hold);
  CHECK(test.in_state(entry_state::pending) == sequences{2, 3, 4, 5});
}

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

TEST_CASE("where only refused rollups wait they are offered again later, or before something new") {
  bench test(pending({1, 2}));
  test.answer(1, 400);
  test.answer(2, 400);
  CHECK(test.wait() == 1s);
  CHECK_FALSE(test.policy.state().hold);

  SECTION("later") {
    CHECK(test.answer_next(400) == 1);
    CHECK(test.answer_next(400) == 2);
    CHECK(test.wait() == 2s);
  }
  SECTION("before something new") {
    test.waiting.push_back({.sequence = 3});
    CHECK(test.next() == action{send{1}});
    test.answer(1, 400);
    CHECK(test.next() == action{send{2}});
    test.answer(2, 400);
    CHECK(test.next() == action{send{3}});
    test.answer(3, 202);
    CHECK(test.dead == sequences{1, 2});
  }
}

TEST_CASE("a wrong set-up changes nothing but tries, and shows") {
  bench test(pending({1, 2}));
  const auto change = test.answer(1, 401);
  CHECK(change.tried == entry{.sequence = 1, .state = entry_state::pending, .tries = 1});
  const auto first = test.policy.state().hold;
  REQUIRE(first);
  CHECK(first->reason == hold_reason::unauthorized);
  CHECK(first->since == test.now);
  CHECK(first->words == "the cloud answers 401: check cloud.auth");

  for (const auto upper_end : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 512s, 900s, 900s}) {
    CHECK(test.wait() == upper_end);
    CHECK(test.answer_next(401) == 1);
  }
  CHECK(test.policy.state().hold->since == first->since);

  SECTION("another reason begins anew") {
    test.answer_next(404);
    CHECK(test.policy.state().hold->reason == hold_reason::not_found);
    CHECK(test.policy.state().hold->since == test.now);
  }
  SECTION("another verdict ends it") {
    test.answer_next(503);
    CHECK_FALSE(test.policy.state().hold);
    CHECK(test.policy.state().last == verdict::retry);
  }
  SECTION("a delivery ends it") {
    test.answer_next(202);
    CHECK_FALSE(test.policy.state().hold);
    CHECK(test.next() == action{send{2}});
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

TEST_CASE("a try cut short by shutdown changes nothing") {
  bench test(pending({1}));
  CHECK(test.answer(1, cancelled) == settlement{});
  CHECK(test.policy.state() == deliver::delivery_state{});
  CHECK(test.next() == action{send{1}});
}

TEST_CASE("after a restart the first occasion is at once and begins with the oldest") {
  bench test(pending({1, 2, 3, 4}));
  for (const std::uint64_t sequence : {1U, 2U, 3U}) test.answer(sequence, 400);
  CHECK(std::holds_alternative<wait_until>(test.next()));
  test.restart();
  CHECK(test.next() == action{send{1}});
  test.answer(1, 400);
  CHECK(test.policy.state().hold->reason == hold_reason::refused_all);
}

TEST_CASE("where the rest of an occasion is gone a new one begins") {
  bench test(pending({1, 2}));
  test.answer(1, 400);
  test.waiting.pop_back();
  CHECK(test.next() == action{send{1}});
  test.answer(1, 400);
  CHECK(std::holds_alternative<wait_until>(test.next()));
}
