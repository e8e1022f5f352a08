#include "poll/slot_rule.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using poll::poll_look;
using poll::poll_progress;

TEST_CASE("a poll is looked at when its slot or its time runs out") {
  const model::mono_time start{1h};
  struct row {
    const char* name;
    std::chrono::milliseconds last_byte, now;
    bool holds_slot;
    poll_look expected;
    std::chrono::milliseconds next;
  };
  // The timeout is 8 s: a silent second and two seconds in all lose the slot.
  const std::vector<row> rows = {
      {"fresh", 0s, 0s, true, poll_look::nothing, 1s},
      {"silent, not for long", 0s, 999ms, true, poll_look::nothing, 1s},
      {"silent for an eighth", 0s, 1s, true, poll_look::give_slot_up, 1s},
      {"a byte came in time", 500ms, 1s, true, poll_look::nothing, 1500ms},
      {"dripping for a quarter", 1900ms, 2s, true, poll_look::give_slot_up, 2s},
      {"without a slot nothing is left but the end", 0s, 5s, false, poll_look::nothing, 8s},
      {"time is up", 0s, 8s, false, poll_look::time_is_up, 8s},
      {"time is up for one that drips as well", 7900ms, 8s, true, poll_look::time_is_up, 2s},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const poll_progress poll{start, start + row.last_byte, 8s, row.holds_slot, 0, {}};
    CHECK(look_at(poll, start + row.now) == row.expected);
    CHECK(next_look(poll) == start + row.next);
  }
}

TEST_CASE("polls of a round that has met many silent nodes lose their slots sooner, within bounds") {
  const model::mono_time start{1h};
  for (const auto& [hurry, silent] : std::vector<std::pair<int, std::chrono::milliseconds>>{
           {0, 1000ms}, {1, 500ms}, {3, 125ms}, {6, 15ms}, {1000, 15ms}}) {
    INFO(hurry);
    CHECK(next_look(poll_progress{start, start, 8s, true, hurry, {}}) == start + silent);
  }
}

TEST_CASE("a connection that does not come about in its share of the time makes room for the next address") {
  const model::mono_time start{1h};
  poll_progress poll{start, start, 8s, true, 0, start + 500ms};
  CHECK(next_look(poll) == start + 500ms);
  CHECK(look_at(poll, start + 499ms) == poll_look::nothing);
  CHECK(look_at(poll, start + 500ms) == poll_look::next_address);
  CHECK(look_at(poll, start + 8s) == poll_look::time_is_up);
  poll.connect_by = start + 4s;
  CHECK(next_look(poll) == start + 1s);
  CHECK(look_at(poll, start + 1s) == poll_look::give_slot_up);
  poll.holds_slot = false;
  CHECK(next_look(poll) == start + 4s);
}
