#include "deliver/delivery_log.hpp"

#include "support/memory_log.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

using namespace edge_rollup;
using namespace std::chrono_literals;
using deliver::hold_reason;
using observe::log_level;

namespace {

class bench {
 public:
  /// The newest line after a try that was answered with `status` while delivery holds for `held`, or does not hold.
  observe::log_entry after(int status, std::optional<hold_reason> held = {}) {
    deliver::answer came;
    came.status = status;
    return after(came, held);
  }
  observe::log_entry after(model::failure_kind kind) {
    deliver::answer came;
    came.failure = model::failure{kind, "no luck", {}};
    return after(came, {});
  }

  tests::memory_log messages;
  deliver::delivery_log told{messages};
  model::mono_time now{1h};
  model::mono_time held_since{1h};
  model::nanoseconds took{0};

 private:
  observe::log_entry after(const deliver::answer& came, std::optional<hold_reason> held) {
    deliver::delivery_try ended;
    ended.sequence = 7;
    ended.came = came;
    ended.came.took = took;
    ended.judged = deliver::judge(ended.came, deliver::endpoint_trust::certain);
    deliver::delivery_state state;
    state.last = ended.judged.verdict;
    if (held) state.hold = deliver::hold_state{*held, held_since, ended.judged.sentence};
    told.tried(ended, state, 37, {now, model::wall_time{now.time_since_epoch() / 1ms * 1ms}});
    return messages.entries().back();
  }
};

std::string field_of(const observe::log_entry& line, std::string_view name) {
  const auto found = std::ranges::find(line.fields, name, &observe::log_field::name);
  return found == line.fields.end() ? "" : std::get<std::string>(found->value);
}

}  // namespace

TEST_CASE("a failure is told when it is new, and again every hour") {
  bench test;
  CHECK(test.after(503).level == log_level::warn);
  CHECK(test.after(503).level == log_level::debug);
  CHECK(test.after(401, hold_reason::unauthorized).level == log_level::warn);
  CHECK(test.after(404, hold_reason::not_found).level == log_level::warn);
  CHECK(test.after(404, hold_reason::not_found).level == log_level::debug);
  test.now += 1h;
  CHECK(test.after(404, hold_reason::not_found).level == log_level::warn);
  CHECK(test.after(404, hold_reason::not_found).level == log_level::debug);
}

TEST_CASE("each kind of trouble is told once, also where they take turns") {
  using model::failure_kind;
  bench test;
  CHECK(test.after(failure_kind::connect).level == log_level::warn);
  CHECK(test.after(500).level == log_level::warn);
  CHECK(test.after(failure_kind::timeout).level == log_level::warn);
  for (int turn = 0; turn < 3; ++turn) {
    CHECK(test.after(500).level == log_level::debug);
    CHECK(test.after(failure_kind::timeout).level == log_level::debug);
  }
  CHECK(test.after(502).level == log_level::warn);
}

TEST_CASE("what comes back after another verdict is told again") {
  bench test;
  test.after(503);
  test.after(401, hold_reason::unauthorized);
  CHECK(test.after(503).level == log_level::warn);
  test.after(202);
  CHECK(test.after(503).level == log_level::warn);
}

TEST_CASE("the end of an outage is told with its length") {
  struct row {
    model::nanoseconds length;
    const char* message;
  };
  for (const auto& [length, message] :
       {row{45s, "delivered again after 45 s, 37 waiting"}, row{12min, "delivered again after 12 min, 37 waiting"},
        row{5h, "delivered again after 5 h, 37 waiting"}, row{73h, "delivered again after 3 days, 37 waiting"}}) {
    bench test;
    test.after(503);
    test.now += length;
    CHECK(test.after(202).message == message);
    CHECK(test.messages.entries().back().level == log_level::info);
    CHECK(test.after(202).level == log_level::debug);
  }
}

TEST_CASE("an outage begins with the try that finds it") {
  bench test;
  test.took = 30s;
  test.after(model::failure_kind::timeout);
  test.now += 500ms;
  test.took = 0s;
  CHECK(test.after(202).message == "delivered again after 30 s, 37 waiting");
}

TEST_CASE("one refused rollup is no outage") {
  bench test;
  CHECK(test.after(422).message == "the cloud answers 422: it refuses this rollup");
  CHECK(test.after(202).message == "rollup 7 delivered");
}

TEST_CASE("the line of a hold says since when, what the cloud said and what to do") {
  bench test;
  test.now += 90min;
  const auto line = test.after(401, hold_reason::unauthorized);
  CHECK(line.message == "delivery holds since 1970-01-01T01:00:00.000Z: the cloud answers 401: check cloud.auth");
  CHECK(field_of(line, "hold") == "unauthorized");
  CHECK(field_of(line, "event") == "delivery_holds");
  CHECK(field_of(test.after(202), "event") == "delivery_goes_on");
  CHECK(field_of(test.after(503), "event").empty());
}

TEST_CASE("it is told when every rollup is refused") {
  bench test;
  test.after(400);
  const auto line = test.after(400, hold_reason::refused_all);
  CHECK(line.level == log_level::warn);
  CHECK(line.message.starts_with("delivery holds since "));
}

TEST_CASE("dead letters are told in one line") {
  bench test;
  test.told.gave_up({});
  CHECK(test.messages.entries().empty());
  test.told.gave_up({3});
  CHECK(test.messages.count("rollup 3 is a dead letter") == 1);
  test.told.gave_up({3, 4, 9});
  CHECK(test.messages.count("3 rollups from 3 to 9 are dead letters") == 1);
}
