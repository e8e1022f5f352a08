#include "serve/node_board.hpp"

#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using model::failure_kind;
using serve::node_state;
using tests::at_second;
using tests::failed;
using tests::nodes_named;
using tests::ok;

TEST_CASE("The board says since when a node is as it is, and when it was ok last") {
  serve::node_board board;
  const auto nodes = nodes_named({"a"});
  struct step {
    const char* label;
    model::poll_outcome outcome;
    model::freshness freshness;
    node_state state;
    int since;
    std::optional<int> last_success;
  };
  using enum model::freshness;
  const std::vector<step> steps = {
      {"fails at first", failed(failure_kind::connect), unknown, node_state::failed, 0, {}},
      {"fails in another way", failed(failure_kind::timeout), unknown, node_state::failed, 0, {}},
      {"is ok", ok(1, 1.0), fresh, node_state::ok, 2, 2},
      {"is ok again", ok(2, 1.0), unchanged, node_state::ok, 2, 3},
      {"has old data", ok(2, 1.0), stale, node_state::ok, 4, 4},
      {"was cut short, which says nothing", failed(failure_kind::cancelled), unknown, node_state::ok, 4, 4},
      {"has old data still", ok(2, 1.0), stale, node_state::ok, 4, 6},
      {"has new data", ok(2, 1.0), fresh, node_state::ok, 7, 7},
      {"fails", failed(failure_kind::reset), unknown, node_state::failed, 8, 7},
      {"is skipped, as it fails", failed(failure_kind::skipped), unknown, node_state::skipped, 8, 7},
      {"fails when it is asked again", failed(failure_kind::reset), unknown, node_state::failed, 8, 7},
  };
  for (int second = 0; second < static_cast<int>(steps.size()); ++second) {
    const auto& [label, outcome, freshness, state, since, last_success] = steps[static_cast<std::size_t>(second)];
    INFO(label);
    board.round_ended(nodes, {outcome}, {freshness}, at_second(second));
    const auto node = board.at(0);
    CHECK(node.state == state);
    CHECK(node.since == at_second(since));
    CHECK(node.last_success == (last_success ? std::optional(at_second(*last_success)) : std::nullopt));
  }
}

TEST_CASE("A node that stays in the list keeps its history, one that goes is forgotten") {
  serve::node_board board;
  const std::vector two{model::freshness::fresh, model::freshness::fresh};
  board.round_ended(nodes_named({"a", "b"}), {ok(1, 1.0), failed(failure_kind::dns)}, two, at_second(1));
  board.round_ended(nodes_named({"b", "c"}), {failed(failure_kind::dns), ok(1, 1.0)}, two, at_second(2));
  CHECK(board.size() == 2);
  CHECK(board.find("a") == std::nullopt);
  REQUIRE(board.find("b") == 0);
  CHECK(board.at(0).since == at_second(1));
  CHECK(board.at(1).since == at_second(2));
  board.round_ended(nodes_named({"b", "a"}), {failed(failure_kind::dns), ok(1, 1.0)}, two, at_second(3));
  CHECK(board.at(0).since == at_second(1));
  CHECK(board.at(1).since == at_second(3));
}

TEST_CASE("Before the first round the board has the nodes that are known, of which nothing is known") {
  serve::node_board board;
  board.expect(nullptr);
  CHECK(board.size() == 0);
  CHECK(board.find("a") == std::nullopt);
  const auto nodes = nodes_named({"a"});
  board.expect(nodes);
  REQUIRE(board.find("a") == 0);
  CHECK(board.at(0).state == node_state::unknown);
  CHECK(board.at(0).since == std::nullopt);
  board.round_ended(nodes, {ok(1, 1.0)}, {model::freshness::fresh}, at_second(1));
  CHECK(board.at(0).since == at_second(1));
}

TEST_CASE("The board tells which nodes a round has changed, data that grows old among them") {
  using model::freshness;
  using serve::shown_state;
  serve::node_board board;
  const auto nodes = nodes_named({"a", "b"});
  struct step {
    const char* label;
    model::poll_outcome of_b;
    freshness age;
    std::string letters;
    std::vector<serve::node_change> changes;
  };
  const std::vector<step> steps = {
      {"first",
       ok(1, 1.0),
       freshness::fresh,
       "oo",
       {{0, shown_state::unknown, shown_state::ok}, {1, shown_state::unknown, shown_state::ok}}},
      {"the same", ok(1, 1.0), freshness::unchanged, "oo", {}},
      {"grows old", ok(1, 1.0), freshness::stale, "ot", {{1, shown_state::ok, shown_state::stale}}},
      {"cut short", failed(failure_kind::cancelled), freshness::unknown, "ot", {}},
      {"fails", failed(failure_kind::dns), freshness::unknown, "of", {{1, shown_state::stale, shown_state::failed}}},
      {"fails otherwise", failed(failure_kind::reset), freshness::unknown, "of", {}},
      {"is skipped",
       failed(failure_kind::skipped),
       freshness::unknown,
       "os",
       {{1, shown_state::failed, shown_state::skipped}}},
  };
  for (const auto& [label, of_b, age, letters, changes] : steps) {
    INFO(label);
    board.round_ended(nodes, {ok(1, 1.0), of_b}, {freshness::fresh, age}, at_second(1));
    CHECK(board.letters() == letters);
    CHECK(board.changes().told == changes);
    CHECK(board.changes().total == changes.size());
  }
}

TEST_CASE("Of very many changes the first are told and all are counted") {
  constexpr std::size_t count = 60;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("node-" + std::to_string(i));
  serve::node_board board;
  board.round_ended(nodes_named(names), std::vector(count, ok(1, 1.0)), std::vector(count, model::freshness::fresh),
                    at_second(1));
  CHECK(board.changes().told.size() == serve::round_changes::most_told);
  CHECK(board.changes().total == count);
}
