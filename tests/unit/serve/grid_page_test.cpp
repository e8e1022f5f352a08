#include "serve/grid_page.hpp"

#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <set>
#include <string>

using namespace edge_rollup;
using model::failure_kind;
using model::freshness;
using serve::grid_names;

namespace {

nlohmann::json grid(const serve::node_board& board, grid_names names = grid_names::left_out) {
  return nlohmann::json::parse(serve::grid_json(board, names));
}

}  // namespace

TEST_CASE("The grid has a letter for each node, in their order") {
  serve::node_board board;
  CHECK(grid(board) == nlohmann::json({{"round", 0}, {"list", 0}, {"states", ""}}));
  const auto nodes = tests::nodes_named({"a", "b", "c", "d", "e"});
  board.expect(nodes);
  CHECK(grid(board) == nlohmann::json({{"round", 0}, {"list", 1}, {"states", "uuuuu"}}));
  board.round_ended(
      nodes,
      {tests::ok(1, 1.0), tests::ok(1, 1.0), tests::failed(failure_kind::dns), tests::failed(failure_kind::skipped),
       tests::failed(failure_kind::cancelled)},
      {freshness::unchanged, freshness::stale, freshness::unknown, freshness::unknown, freshness::unknown},
      tests::at_second(1));
  CHECK(grid(board) == nlohmann::json({{"round", 1}, {"list", 1}, {"states", "otfsu"}}));
  CHECK(grid(board, grid_names::told).at("names") == nlohmann::json({"a", "b", "c", "d", "e"}));
}

TEST_CASE("The tag of the grid changes with what it tells") {
  serve::node_board board;
  const auto nodes = tests::nodes_named({"a"});
  const auto end_round = [&board](const model::node_list& asked) {
    board.round_ended(asked, {tests::ok(1, 1.0)}, {freshness::fresh}, tests::at_second(1));
  };
  std::set<std::string> tags, tags_of_names;
  for (const auto& asked : {nodes, nodes, tests::nodes_named({"b"})}) {
    end_round(asked);
    tags.insert(serve::grid_tag(board, grid_names::left_out, "instance"));
    tags_of_names.insert(serve::grid_tag(board, grid_names::told, "instance"));
  }
  CHECK(tags.size() == 3);
  CHECK(tags_of_names.size() == 2);
  CHECK(serve::grid_tag(board, grid_names::told, "a") != serve::grid_tag(board, grid_names::told, "b"));
  CHECK(tags.begin()->starts_with('"'));
}
