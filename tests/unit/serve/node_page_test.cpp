#include "serve/node_page.hpp"

#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace edge_rollup;
using model::failure_kind;
using serve::node_query;
using tests::at_second;
using tests::failed;
using tests::ok;

namespace {

/// c is ok with stale data, a ok, d failed, b skipped, e ok and the best.
serve::node_board five_nodes() {
  using enum model::freshness;
  auto nodes = *tests::nodes_named({"c", "a", "d", "b", "e"});
  nodes[3].labels = {{"site", "North"}};
  serve::node_board board;
  board.round_ended(
      std::make_shared<const std::vector<model::node>>(std::move(nodes)),
      {ok(30, 0.5), ok(10, 0.9), failed(failure_kind::timeout), failed(failure_kind::skipped), ok(20, 1.0)},
      {stale, fresh, unknown, unknown, fresh}, at_second(1));
  return board;
}

std::string names_on(const nlohmann::json& page) {
  std::string names;
  for (const auto& node : page.at("nodes")) names += node.at("name").get<std::string>();
  return names;
}

nlohmann::json page_of(const node_query& asked) {
  return nlohmann::json::parse(nodes_json(five_nodes(), asked));
}

}  // namespace

TEST_CASE("Nodes are filtered and sorted as asked") {
  using filter = node_query::filter;
  using order = node_query::order;
  struct row {
    std::string label;
    node_query asked;
    std::string names;
  };
  const std::vector<row> rows = {
      {"all, as configured", {}, "cadbe"},
      {"by name", {{}, "", order::name}, "abcde"},
      {"troubled first", {{}, "", order::state}, "dbcae"},
      {"by records", {{}, "", order::records}, "ceadb"},
      {"by quality", {{}, "", order::quality}, "eacdb"},
      {"by latency", {{}, "", order::latency}, "caedb"},
      {"ok, stale ones too", {filter::ok}, "cae"},
      {"stale", {filter::stale}, "c"},
      {"failed", {filter::failed}, "d"},
      {"skipped", {filter::skipped}, "b"},
      {"unknown", {filter::unknown}, ""},
      {"a text in a URL", {{}, "TTP://E"}, "e"},
      {"a text in a label", {{}, "north"}, "b"},
      {"a text nowhere", {{}, "south"}, ""},
  };
  for (const auto& [label, asked, names] : rows) {
    INFO(label);
    const auto page = page_of(asked);
    CHECK(names_on(page) == names);
    CHECK(page.at("total") == names.size());
    CHECK(page.at("next").is_null());
  }
}

TEST_CASE("Of the troubled nodes those come first that have been in the worst trouble for longest") {
  const auto nodes = tests::nodes_named({"well", "new", "old", "late", "early", "skipped"});
  const auto dead = failed(failure_kind::connect);
  const auto skipped = failed(failure_kind::skipped);
  const auto unheard = failed(failure_kind::cancelled);
  const std::vector<model::freshness> unknown(nodes->size(), model::freshness::unknown);
  auto aged = unknown;
  aged[2] = model::freshness::stale;
  serve::node_board board;
  board.round_ended(nodes, {ok(1, 1), unheard, ok(1, 1), ok(1, 1), dead, skipped}, unknown, at_second(1));
  board.round_ended(nodes, {ok(1, 1), unheard, ok(1, 1), dead, dead, skipped}, aged, at_second(2));
  std::string names;
  node_query asked;
  asked.sorted_by = node_query::order::state;
  const auto page = nlohmann::json::parse(nodes_json(board, asked));
  for (const auto& node : page.at("nodes")) names += node.at("name").get<std::string>() + " ";
  CHECK(names == "early late skipped old new well ");
}

TEST_CASE("Pages follow each other to the last, and nothing is behind it") {
  node_query asked;
  asked.limit = 2;
  std::string names;
  for (int pages = 1; pages <= 3; ++pages) {
    const auto page = page_of(asked);
    names += names_on(page);
    CHECK(page.at("total") == 5);
    CHECK(page.at("next").is_null() == (pages == 3));
    if (pages < 3) asked.first = std::stoul(page.at("next").get<std::string>());
  }
  CHECK(names == "cadbe");
  asked.first = 1'000;
  CHECK(names_on(page_of(asked)).empty());
}

TEST_CASE("A node is told with what it said, or why it said nothing") {
  const auto board = five_nodes();
  const auto good = nlohmann::json::parse(node_json(board.at(0)));
  CHECK(good == nlohmann::json::parse(R"({"name":"c","url":"http://c","state":"ok","error_kind":null,"error":null,
    "since":"2026-01-01T00:00:01.000Z","records":30,"quality":0.5,"freshness":"stale","last_updated":null,
    "latency_ms":5.0,"last_success":"2026-01-01T00:00:01.000Z","labels":{}})"));
  const auto bad = nlohmann::json::parse(node_json(board.at(2)));
  CHECK(bad == nlohmann::json::parse(R"({"name":"d","url":"http://d","state":"failed","error_kind":"timeout",
    "error":"what went wrong","since":"2026-01-01T00:00:01.000Z","records":null,"quality":null,"freshness":null,
    "last_updated":null,"latency_ms":3.0,"last_success":null,"labels":{}})"));
  CHECK(nlohmann::json::parse(node_json(board.at(3))).at("latency_ms").is_null());
}
