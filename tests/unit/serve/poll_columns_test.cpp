#include "serve/poll_columns.hpp"

#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;
using model::failure_kind;
using tests::at_second;
using tests::nodes_named;

namespace {

void end_round(serve::poll_columns& columns, const model::node_list& nodes,
               const std::vector<model::poll_outcome>& outcomes, int second) {
  const std::vector<model::freshness> freshness(outcomes.size());
  columns.round_ended(nodes, serve::marks_of(outcomes, freshness), at_second(second));
}

nlohmann::json polls(const serve::poll_columns& columns, const std::string& name) {
  const auto told = nlohmann::json::parse(columns.to_json(name));
  CHECK(told.at("name") == name);
  return told.at("polls");
}

/// What each poll of a node was, the newest first.
std::vector<std::string> states(const serve::poll_columns& columns, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& each : polls(columns, name)) found.push_back(each.at("state"));
  return found;
}

using words = std::vector<std::string>;

}  // namespace

TEST_CASE("The polls of a node are told, the newest first") {
  serve::poll_columns columns;
  CHECK(polls(columns, "a").empty());
  const auto nodes = nodes_named({"a", "b"});
  end_round(columns, nodes, {tests::ok(1, 0.5), tests::ok(1, 1.0)}, 1);
  end_round(columns, nodes, {tests::failed(failure_kind::skipped), tests::failed(failure_kind::dns)}, 2);
  const auto of_a = polls(columns, "a");
  REQUIRE(of_a.size() == 2);
  CHECK(of_a[0] == nlohmann::json({{"at", "2026-01-01T00:00:02.000Z"},
                                   {"state", "skipped"},
                                   {"error_kind", "skipped"},
                                   {"ms", nullptr},
                                   {"quality", nullptr}}));
  CHECK(of_a[1].at("state") == "ok");
  CHECK(of_a[1].at("error_kind").is_null());
  CHECK(of_a[1].at("quality") == 0.5);
  CHECK(of_a[1].at("ms") > 4.8);
  CHECK(of_a[1].at("ms") < 5.2);
  CHECK(states(columns, "b") == words{"failed", "ok"});
  CHECK(polls(columns, "c").empty());
}

TEST_CASE("A node that stays in the list keeps its polls, wherever it stands there") {
  serve::poll_columns columns;
  end_round(columns, nodes_named({"a", "b", "c"}),
            {tests::ok(1, 1.0), tests::failed(failure_kind::dns), tests::failed(failure_kind::skipped)}, 1);
  const auto renamed = nodes_named({"c", "d", "b"});
  end_round(columns, renamed, {tests::ok(1, 1.0), tests::ok(1, 1.0), tests::ok(1, 1.0)}, 2);
  CHECK(states(columns, "b") == words{"ok", "failed"});
  CHECK(states(columns, "c") == words{"ok", "skipped"});
  CHECK(states(columns, "d") == words{"ok"});
  CHECK(states(columns, "a").empty());
  end_round(columns, nodes_named({"a"}), {tests::ok(1, 1.0)}, 3);
  CHECK(states(columns, "a") == words{"ok"});
}

TEST_CASE("The room for polls is bounded, for however many nodes") {
  struct row {
    std::size_t nodes, rounds;
  };
  for (const auto& [count, rounds] : {row{1, 200}, row{10'000, 200}, row{60'000, 34}}) {
    CAPTURE(count);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
    const auto nodes = nodes_named(names);
    const std::vector<serve::poll_mark> marks(count, serve::poll_mark(tests::ok(1, 1.0), model::freshness::fresh));
    serve::poll_columns columns;
    for (int i = 0; i < 210; ++i) columns.round_ended(nodes, marks, at_second(i));
    CHECK(polls(columns, "0").size() == rounds);
    CHECK(columns.bytes() <= serve::poll_columns::most_bytes);
  }
}

TEST_CASE("A longer list leaves room for fewer rounds") {
  serve::poll_columns columns;
  const auto end_rounds = [&columns](std::size_t count, int rounds) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
    const auto nodes = nodes_named(names);
    const std::vector<serve::poll_mark> marks(count, serve::poll_mark(tests::ok(1, 1.0), model::freshness::fresh));
    for (int i = 0; i < rounds; ++i) columns.round_ended(nodes, marks, at_second(i));
  };
  end_rounds(10, 200);
  end_rounds(60'000, 1);
  CHECK(columns.bytes() <= serve::poll_columns::most_bytes);
  CHECK(polls(columns, "0").size() == 34);
}
