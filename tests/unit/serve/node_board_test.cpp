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
    node_state state;
    int since;
    std::optional<int> last_success;
  };
  const std::vector<step> steps = {
      {"fails at first", failed(failure_kind::connect), node_state::failed, 0, {}},
      {"fails in another way", failed(failure_kind::timeout), node_state::failed, 0, {}},
      {"is ok", ok(1, 1.0), node_state::ok, 2, 2},
      {"is ok again", ok(2, 1.0), node_state::ok, 2, 3},
      {"was cut short, which says nothing", failed(failure_kind::cancelled), node_state::ok, 2, 3},
      {"is skipped", failed(failure_kind::skipped), node_state::skipped, 5, 3},
      {"fails", failed(failure_kind::reset), node_state::failed, 6, 3},
  };
  for (int second = 0; second < static_cast<int>(steps.size()); ++second) {
    const auto& [label, outcome, state, since, last_success] = steps[static_cast<std::size_t>(second)];
    INFO(label);
    board.round_ended(nodes, {outcome}, {model::freshness::fresh}, at_second(second));
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
