#include "poll/poll_schedule.hpp"

#include "support/property.hpp"

#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::mono_time;
using model::round_trigger;
using model::wall_time;
using poll::poll_schedule;

namespace {

constexpr auto interval = 300s;
const wall_time five_past_noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h + 5min};

/// A monotonic and a wall clock that move together, unless the wall clock is stepped.
struct two_clocks {
  mono_time mono{10h};
  wall_time wall;

  void advance(std::chrono::milliseconds by) {
    mono += by;
    wall += by;
  }
};

/// The first round, which takes `took`, is behind.
poll_schedule after_first_round(two_clocks& clocks, std::chrono::milliseconds took = 10ms) {
  poll_schedule schedule(interval);
  (void)schedule.begin_round(clocks.mono, clocks.wall);
  clocks.advance(took);
  (void)schedule.end_round(clocks.mono, clocks.wall);
  return schedule;
}

void wait(const poll_schedule& schedule, two_clocks& clocks, std::chrono::milliseconds late = 0ms) {
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(schedule.next_start() - clocks.mono);
  clocks.advance(std::max(wait_ms, 0ms) + late);
}

}  // namespace

TEST_CASE("the next slot is known between rounds, and is what the round is labelled with") {
  two_clocks clocks{.wall = five_past_noon + 17s};
  CHECK(poll_schedule(interval).next_slot() == std::nullopt);
  auto schedule = after_first_round(clocks);
  CHECK(schedule.next_slot() == five_past_noon + interval);
  wait(schedule, clocks, 3ms);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall).scheduled == five_past_noon + interval);
  (void)schedule.end_round(clocks.mono, clocks.wall);
  CHECK(schedule.next_slot() == five_past_noon + 2 * interval);
  schedule.change_interval(0s, clocks.mono, clocks.wall);
  CHECK(schedule.next_slot() == std::nullopt);
}

TEST_CASE("the first round is due at once and has no slot") {
  two_clocks clocks{.wall = five_past_noon + 17s};
  poll_schedule schedule(interval);
  CHECK(schedule.next_start() <= clocks.mono);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall) == poll_schedule::start{round_trigger::start, std::nullopt});
}

TEST_CASE("later rounds start on the slots of the clock, late ticks do not add up") {
  two_clocks clocks{.wall = five_past_noon + 17s};
  auto schedule = after_first_round(clocks);
  for (int round = 1; round <= 1'000; ++round) {
    wait(schedule, clocks, 3ms);
    const auto start = schedule.begin_round(clocks.mono, clocks.wall);
    INFO("round " << round);
    REQUIRE(start == poll_schedule::start{round_trigger::timer, five_past_noon + round * interval});
    clocks.advance(20ms);
    REQUIRE(schedule.end_round(clocks.mono, clocks.wall) == 0);
  }
}

TEST_CASE("a start just before a slot still takes that slot") {
  two_clocks clocks{.wall = five_past_noon - 1s};
  auto schedule = after_first_round(clocks);
  wait(schedule, clocks);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall).scheduled == five_past_noon);
}

TEST_CASE("slots that pass during a round are skipped and counted") {
  struct row {
    const char* name;
    std::chrono::milliseconds took;
    std::uint64_t skipped;
    std::chrono::seconds next;
  };
  for (const auto& row : std::vector<row>{{"well within the interval", 14ms, 0, 1 * interval},
                                          {"just within the interval", interval - 1ms, 0, 1 * interval},
                                          {"exactly one interval", interval, 1, 2 * interval},
                                          {"one slot run over", interval + 7s, 1, 2 * interval},
                                          {"three slots run over", 3 * interval + 1ms, 3, 4 * interval}}) {
    INFO(row.name);
    two_clocks clocks{.wall = five_past_noon - 40s};
    auto schedule = after_first_round(clocks);
    wait(schedule, clocks);
    (void)schedule.begin_round(clocks.mono, clocks.wall);
    clocks.advance(row.took);
    CHECK(schedule.end_round(clocks.mono, clocks.wall) == row.skipped);
    wait(schedule, clocks);
    CHECK(schedule.begin_round(clocks.mono, clocks.wall).scheduled == five_past_noon + row.next);
  }
}

TEST_CASE("a long first round counts the slots it ran over") {
  two_clocks clocks{.wall = five_past_noon + 1s};
  poll_schedule schedule(interval);
  (void)schedule.begin_round(clocks.mono, clocks.wall);
  clocks.advance(2 * interval);
  CHECK(schedule.end_round(clocks.mono, clocks.wall) == 2);
}

TEST_CASE("a clock that steps makes neither two rounds of one nor a long pause") {
  for (const auto step : std::vector<std::chrono::milliseconds>{-1ms, -20ms, -2s, -299s, -1h, -24h * 365, 1ms, 20ms, 2s,
                                                                299s, 1h, 24h * 365}) {
    for (const bool in_round : {true, false}) {
      INFO("step of " << step.count() << " ms, " << (in_round ? "during a round" : "between rounds"));
      two_clocks clocks{.wall = five_past_noon + 1s};
      auto schedule = after_first_round(clocks);
      wait(schedule, clocks);
      std::vector<mono_time> starts;
      std::vector<wall_time> slots;
      for (int round = 0; round < 4; ++round) {
        starts.push_back(clocks.mono);
        slots.push_back(*schedule.begin_round(clocks.mono, clocks.wall).scheduled);
        if (in_round && round == 1) clocks.wall += step;
        clocks.advance(10ms);
        CHECK(schedule.end_round(clocks.mono, clocks.wall) == 0);
        if (!in_round && round == 1) clocks.wall += step;
        wait(schedule, clocks);
      }
      for (std::size_t i = 1; i < starts.size(); ++i) {
        CHECK(starts[i] - starts[i - 1] >= interval / 2);
        CHECK(starts[i] - starts[i - 1] <= interval * 3 / 2);
      }
      // After a larger step back the clock meets the same slots again.
      if (std::chrono::abs(step) < interval / 2) CHECK(slots[2] == slots[1] + interval);
      CHECK(slots[3] == slots[2] + interval);
    }
  }
}

TEST_CASE("a suspend, in which only the wall clock runs, is followed by one round") {
  two_clocks clocks{.wall = five_past_noon + 1s};
  auto schedule = after_first_round(clocks);
  clocks.advance(100s);
  clocks.wall += 8h + 123s;
  wait(schedule, clocks);
  const auto start = schedule.begin_round(clocks.mono, clocks.wall);
  CHECK(std::chrono::abs(*start.scheduled - clocks.wall) <= interval / 2);
  clocks.advance(10ms);
  CHECK(schedule.end_round(clocks.mono, clocks.wall) == 0);
  CHECK(schedule.next_start() - clocks.mono >= interval / 2 - 10ms);
}

TEST_CASE("an interval of zero runs rounds back to back without slots") {
  two_clocks clocks{.wall = five_past_noon};
  poll_schedule schedule(0ms);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall).trigger == round_trigger::start);
  clocks.advance(5ms);
  CHECK(schedule.end_round(clocks.mono, clocks.wall) == 0);
  CHECK(schedule.next_start() <= clocks.mono);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall) == poll_schedule::start{round_trigger::timer, std::nullopt});
}

TEST_CASE("whatever the round times and late starts, slots only go up and every slot is run or counted as skipped") {
  tests::holds_for_all("slots account for all time",
                       [](std::uint16_t offset_s, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& rounds) {
                         two_clocks clocks{.wall = five_past_noon + std::chrono::seconds{offset_s % 300}};
                         auto schedule = after_first_round(clocks);
                         std::optional<wall_time> last;
                         std::uint64_t skipped = 0;
                         for (const auto& [late_ms, ms] : rounds) {
                           const auto late = late_ms % 4 == 0 ? late_ms % 1'000'000 : 3;
                           wait(schedule, clocks, std::chrono::milliseconds{late});
                           const auto slot = *schedule.begin_round(clocks.mono, clocks.wall).scheduled;
                           if (last) RC_ASSERT(slot == *last + (skipped + 1) * interval);
                           last = slot;
                           clocks.advance(std::chrono::milliseconds{ms % 2'000'000});
                           skipped = schedule.end_round(clocks.mono, clocks.wall);
                         }
                       });
}

TEST_CASE("a round that was asked for moves no slot") {
  two_clocks clocks{.wall = five_past_noon + 17s};
  auto schedule = after_first_round(clocks);
  const auto planned = schedule.next_start();
  clocks.advance(279s);
  CHECK(schedule.skip_passed(clocks.mono) == 0);
  CHECK(schedule.next_start() == planned);
  wait(schedule, clocks);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall) ==
        poll_schedule::start{round_trigger::timer, five_past_noon + interval});
}

TEST_CASE("slots that pass during a round that was asked for are skipped and counted") {
  struct row {
    const char* label;
    std::chrono::milliseconds until;  ///< from five past noon
    std::uint64_t skipped;
    std::chrono::seconds next;
  };
  for (const auto& [label, until, skipped, next] : std::vector<row>{{"short of the slot", 299'999ms, 0, interval},
                                                                    {"at the slot", 300s, 1, 2 * interval},
                                                                    {"beyond it", 310s, 1, 2 * interval},
                                                                    {"beyond three", 901s, 3, 4 * interval}}) {
    CAPTURE(label);
    two_clocks clocks{.wall = five_past_noon + 17s};
    auto schedule = after_first_round(clocks);
    clocks.advance(until - 17s - 10ms);
    CHECK(schedule.skip_passed(clocks.mono) == skipped);
    wait(schedule, clocks);
    CHECK(schedule.begin_round(clocks.mono, clocks.wall).scheduled == five_past_noon + next);
  }
}

TEST_CASE("another interval has slots of its own") {
  struct row {
    const char* label;
    std::chrono::milliseconds changed;  ///< from five past noon; the last round began at 17 s
    std::chrono::milliseconds interval;
    std::chrono::milliseconds next;
  };
  for (const auto& [label, changed, to, next] : std::vector<row>{{"shorter", 100s, 60s, 120s},
                                                                 {"shorter, just after a round", 18s, 20s, 20s},
                                                                 {"longer", 100s, 600s, 300s},
                                                                 {"the same", 100s, 300s, 300s}}) {
    CAPTURE(label);
    two_clocks clocks{.wall = five_past_noon + 17s};
    auto schedule = after_first_round(clocks);
    clocks.advance(changed - 17s - 10ms);
    schedule.change_interval(to, clocks.mono, clocks.wall);
    wait(schedule, clocks);
    CHECK(schedule.begin_round(clocks.mono, clocks.wall).scheduled == five_past_noon + next);
  }
}

TEST_CASE("another interval before the first round leaves that as it is: due at once") {
  two_clocks clocks{.wall = five_past_noon + 17s};
  poll_schedule schedule(interval);
  schedule.change_interval(60s, clocks.mono, clocks.wall);
  CHECK(schedule.next_start() <= clocks.mono);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall).trigger == round_trigger::start);
}

TEST_CASE("rounds go back to back, and on the clock again") {
  two_clocks clocks{.wall = five_past_noon + 17s};
  auto schedule = after_first_round(clocks);
  schedule.change_interval(0s, clocks.mono, clocks.wall);
  CHECK(schedule.next_start() == clocks.mono);
  CHECK_FALSE(schedule.begin_round(clocks.mono, clocks.wall).scheduled);
  schedule.change_interval(60s, clocks.mono, clocks.wall);
  wait(schedule, clocks);
  CHECK(schedule.begin_round(clocks.mono, clocks.wall).scheduled == five_past_noon + 60s);
}
