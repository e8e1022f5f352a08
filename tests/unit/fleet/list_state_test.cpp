#include "fleet/list_state.hpp"

#include "support/listed_node.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
using fleet::empty_list;
using model::error_kind;
using observe::log_level;

namespace {

fleet::list_reading broken(const std::string& why) {
  return model::fail(error_kind::bad_data, why);
}

}  // namespace

TEST_CASE("a list that cannot be used keeps its last good nodes, and says so once for each reason") {
  struct row {
    const char* label;
    fleet::list_reading came;
    std::size_t nodes;
    bool good;
    const char* line;  // empty: nothing is said
  };
  const row steps[] = {
      {"the first reading is nothing to say", tests::listed_nodes(1, 2), 2, true, ""},
      {"so is a longer list", tests::listed_nodes(1, 3), 3, true, ""},
      {"half-written", broken("l:1: cut"), 3, false,
       "a node list cannot be used, the last good one stays (3 nodes): l:1: cut"},
      {"still the same", broken("l:1: cut"), 3, false, ""},
      {"broken in another way", broken("l:2: bad\nl:3: bad\nl: 7 more mistakes"), 3, false,
       "a node list cannot be used, the last good one stays (3 nodes): l:2: bad (and 2 more lines)"},
      {"empty", fleet::list_reading{}, 3, false,
       "a node list cannot be used, the last good one stays (3 nodes): l: the list names no node"},
      {"mended", tests::listed_nodes(5, 1), 1, true, "the node list l is good again: 1 node"},
      {"good is nothing to say", tests::listed_nodes(5, 1), 1, true, ""},
      {"the first breakage again is news", broken("l:1: cut"), 1, false,
       "a node list cannot be used, the last good one stays (1 node): l:1: cut"},
  };
  fleet::list_state state("l", empty_list::refused);
  CHECK_FALSE(state.is_known());
  for (const row& step : steps) {
    INFO(step.label);
    const auto line = state.take(step.came);
    CHECK((line ? line->message : "") == step.line);
    CHECK(state.nodes().size() == step.nodes);
    CHECK(state.is_good() == step.good);
    CHECK(state.is_known());
  }
}

TEST_CASE("an empty list is good where that is allowed") {
  fleet::list_state state("l", empty_list::allowed);
  CHECK_FALSE(state.take(tests::listed_nodes(1, 2)));
  CHECK_FALSE(state.take(fleet::list_reading{}));
  CHECK(state.nodes().empty());
  CHECK(state.is_good());
}

TEST_CASE("a list of an earlier run stands in until there is a good one, and its age is told") {
  struct row {
    const char* label;
    model::milliseconds passed;
    const char* age;
  };
  const row rows[] = {
      {"a clock that went back", -1h, "0 minutes"}, {"seconds", 59s, "0 minutes"}, {"a minute", 60s, "1 minute"},
      {"minutes", 119min, "119 minutes"},           {"hours", 47h, "47 hours"},    {"days", 49h, "2 days"}};
  for (const row& each : rows) {
    DYNAMIC_SECTION(each.label) {
      const model::wall_time kept_at{100h};
      fleet::list_state state("l", empty_list::refused);
      CHECK(state.take(broken("unreachable"))
                ->message.starts_with("a node list cannot be used, there is no good one in this run yet"));
      const auto line = state.fall_back({tests::listed_nodes(1, 2), kept_at}, kept_at + each.passed);
      CHECK(line.level == log_level::warn);
      CHECK(line.message == std::string("the node list l is taken from an earlier run: 2 nodes, ") + each.age + " old");
      CHECK(state.nodes().size() == 2);
      CHECK(state.is_known());
      CHECK_FALSE(state.is_good());
      CHECK(state.take(tests::listed_nodes(1, 3))->message == "the node list l is good again: 3 nodes");
    }
  }
}
