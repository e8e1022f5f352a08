#include "fleet/node_changes.hpp"

#include "fleet/make_nodes.hpp"
#include "support/listed_node.hpp"
#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace edge_rollup;

namespace {

std::vector<model::node> nodes_named(const std::vector<std::string>& names) {
  std::vector<model::node> nodes;
  for (const auto& name : names) {
    model::node& added = nodes.emplace_back();
    added.name = name;
    added.url = "http://" + name;
  }
  return nodes;
}

}  // namespace

TEST_CASE("what came and what went is named") {
  const auto changes = fleet::compare(nodes_named({"x", "d"}), nodes_named({"a", "x", "b", "c"}));
  CHECK(changes.added == std::vector<std::string>{"a", "b", "c"});
  CHECK(changes.removed == std::vector<std::string>{"d"});
  CHECK(changes.changed.empty());
  const auto line = fleet::line_of(changes);
  CHECK(line.level == observe::log_level::info);
  CHECK(line.message == "nodes changed: 3 added (a, b, c), 1 removed (d)");
}

TEST_CASE("a node with another name, label or timeout is the same node, changed") {
  const auto before = nodes_named({"a", "b", "c"});
  auto after = before;
  after[0].name = "pump-1";
  after[2].labels = {{"site", "north"}};
  const auto changes = fleet::compare(before, after);
  CHECK(changes == fleet::node_changes{{}, {}, {"pump-1", "c"}});
  CHECK(fleet::line_of(changes).message == "nodes changed: 2 changed (pump-1, c)");
}

TEST_CASE("the same nodes in another order are no change") {
  CHECK(fleet::compare(nodes_named({"a", "b"}), nodes_named({"b", "a"})).none());
}

TEST_CASE("of many names only some are told") {
  std::vector<std::string> names;
  for (int number = 0; number < 12; ++number) names.push_back("n" + std::to_string(number));
  const auto line = fleet::line_of(fleet::compare({}, nodes_named(names)));
  CHECK(line.message == "nodes changed: 12 added (n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 2 more)");
}

TEST_CASE("what was added there was removed here") {
  using numbers = std::vector<std::uint8_t>;
  tests::holds_for_all("comparing the other way round swaps added and removed", [](numbers one, numbers other) {
    const auto fleet_of = [](numbers& from) {
      std::ranges::sort(from);
      from.erase(std::ranges::unique(from).begin(), from.end());
      std::vector<std::string> names;
      for (const auto number : from) names.push_back(std::to_string(number));
      return nodes_named(names);
    };
    const auto before = fleet_of(one);
    const auto after = fleet_of(other);
    const auto there = fleet::compare(before, after);
    const auto back = fleet::compare(after, before);
    return there.added == back.removed && there.removed == back.added && there.changed.empty() &&
           before.size() + there.added.size() == after.size() + there.removed.size();
  });
}
