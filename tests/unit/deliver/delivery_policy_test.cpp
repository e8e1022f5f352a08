#include "deliver/delivery_policy.hpp"
#include "support/policy_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

using namespace edge_rollup;
using namespace edge_rollup::tests;
using namespace std::chrono_literals;
using deliver::action;
using deliver::hold_reason;
using deliver::idle;
using deliver::send;
using deliver::verdict;
using deliver::wait_until;
using outbox::entry;
using outbox::entry_state;
using outbox::settlement;
using bench = tests::policy_bench;

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

TEST_CASE("a hold waits a second at least, whatever the dice say") {
  bench test(pending({1}));
  constexpr std::uint64_t shortest_jitter = 0;
  const auto came = tests::answer_of(401);
  const auto judged = deliver::judge(came, deliver::endpoint_trust::certain);
  for (int tries = 0; tries < 3; ++tries) {
    static_cast<void>(test.policy.answered(test.waiting, 1, came, judged, test.now, shortest_jitter));
    CHECK(test.wait() == 1s);
  }
}

TEST_CASE("what came back is kept with a rollup that was not taken, cut and safe to show") {
  struct row {
    const char* label;
    deliver::answer came;
    outbox::last_answer kept;
  };
  auto refused = tests::answer_of(422);
  refused.words = "Unprocessable Content: quality_score is missing";
  auto unreachable = tests::answer_of(no_connection);
  unreachable.failure->message = "refused by \x1b[2J" + std::string(1'000, 'x');
  deliver::answer unready;
  unready.unready = "cloud.auth: cannot read /etc/token";
  const auto cut = "refused by \\x1b[2J" + std::string(outbox::answer_words_max_bytes - 21, 'x') + "…";
  for (const auto& [label, came, kept] :
       {row{"refused", refused, {422, refused.words}}, row{"no connection", unreachable, {{}, cut}},
        row{"nothing was offered", unready, {{}, *unready.unready}}}) {
    CAPTURE(label);
    bench test(pending({1}));
    const auto judged = deliver::judge(came, deliver::endpoint_trust::certain);
    CHECK(test.policy.answered(test.waiting, 1, came, judged, test.now, 0).answer == kept);
  }
  bench test(pending({1}));
  CHECK_FALSE(test.answer(1, 202).answer);
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
