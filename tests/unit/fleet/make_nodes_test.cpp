#include "fleet/make_nodes.hpp"

#include "support/listed_node.hpp"
#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using fleet::node_origin;
using fleet::twin_rule;
using model::error_kind;
using tests::listed_node;

namespace {

using settings = std::vector<fleet::node_setting>;

std::vector<std::string> urls(const std::vector<model::node>& nodes) {
  std::vector<std::string> all;
  for (const auto& node : nodes) all.push_back(node.url);
  return all;
}

}  // namespace

TEST_CASE("a node takes the defaults for what its entry leaves out") {
  fleet::node_defaults defaults;
  defaults.path = "/sum";
  defaults.timeout = 7s;
  defaults.max_age = 1h;
  defaults.auth = std::make_shared<const model::credentials>();
  defaults.tls = std::make_shared<const model::tls_options>();

  auto special = listed_node("https://10.0.0.6/base");
  special.name = "pump-6";
  special.path = "/metrics";
  special.labels = {{"site", "north"}};
  special.timeout = 15s;
  special.max_age = 2h;
  special.auth = std::make_shared<const model::credentials>();
  const settings listed{listed_node("HTTP://10.0.0.5:80/"), special};
  const fleet::node_source sources[] = {{listed, twin_rule::refuse}};
  const auto made = fleet::make_nodes(sources, defaults);

  REQUIRE(made);
  REQUIRE(made->nodes.size() == 2);
  const auto& plain = made->nodes[0];
  CHECK(plain.url == "http://10.0.0.5");
  CHECK(plain.name == "10.0.0.5:80");
  CHECK(plain.path == "/sum");
  CHECK(plain.timeout == 7s);
  CHECK(plain.max_age == 1h);
  CHECK(plain.auth == defaults.auth);
  CHECK(plain.tls == defaults.tls);
  const auto& own = made->nodes[1];
  CHECK(own.name == "pump-6");
  CHECK(own.path == "/metrics");
  CHECK(own.labels == special.labels);
  CHECK(own.timeout == 15s);
  CHECK(own.max_age == 2h);
  CHECK(own.auth == special.auth);
  CHECK(own.tls == defaults.tls);
}

TEST_CASE("the same node twice in static lists names both places, as a mistake of where it stands") {
  struct row {
    const char* label;
    node_origin origin;
    error_kind kind;
  };
  const row rows[] = {{"argument", node_origin::argument, error_kind::usage},
                      {"file", node_origin::file, error_kind::bad_data},
                      {"config", node_origin::config, error_kind::config}};
  for (const row& each : rows) {
    DYNAMIC_SECTION(each.label) {
      const settings first{listed_node("http://10.0.0.5:8080")};
      const settings second{listed_node("HTTP://10.0.0.5:8080/", "nodes.txt:7", each.origin)};
      const fleet::node_source sources[] = {{first, twin_rule::refuse}, {second, twin_rule::refuse}};
      const auto refused = fleet::make_nodes(sources, {});
      REQUIRE_FALSE(refused);
      CHECK(refused.error().kind == each.kind);
      CHECK(refused.error().text == "http://10.0.0.5:8080 is listed twice: argument 1 and nodes.txt:7; remove one");
    }
  }
}

TEST_CASE("two nodes do not share a name, whether it is given or their own") {
  auto given = listed_node("http://10.0.0.6", "argument 2");
  given.name = "10.0.0.5:80";
  const settings listed{listed_node("http://10.0.0.5"), given};
  const fleet::node_source sources[] = {{listed, twin_rule::refuse}};
  CHECK(fleet::make_nodes(sources, {}).error().text ==
        "two nodes would both be called 10.0.0.5:80: argument 1 and argument 2; remove one");
}

TEST_CASE("in a list that is watched the first of two counts, and so much is said") {
  const settings fixed{listed_node("http://10.0.0.1")};
  const auto watched = tests::listed_nodes(1, 3);
  const auto again = tests::listed_nodes(3, 2);
  const fleet::node_source sources[] = {
      {fixed, twin_rule::refuse}, {watched, twin_rule::keep_first}, {again, twin_rule::keep_first}};
  const auto made = fleet::make_nodes(sources, {});
  REQUIRE(made);
  CHECK(urls(made->nodes) ==
        std::vector<std::string>{"http://10.0.0.1", "http://10.0.0.2", "http://10.0.0.3", "http://10.0.0.4"});
  CHECK(made->left_out == std::vector<std::string>{"http://10.0.0.1 is listed twice: argument 1 and list:1",
                                                   "http://10.0.0.3 is listed twice: list:3 and list:3"});
  CHECK(made->left_out_untold == 0);
}

TEST_CASE("of many nodes that are left out some are named and the others counted") {
  const auto watched = tests::listed_nodes(1, 30);
  const fleet::node_source sources[] = {{watched, twin_rule::keep_first}, {watched, twin_rule::keep_first}};
  const auto made = fleet::make_nodes(sources, {});
  REQUIRE(made);
  CHECK(made->nodes.size() == 30);
  CHECK(made->left_out.size() == fleet::max_told_twins);
  CHECK(made->left_out_untold == 30 - fleet::max_told_twins);
}

TEST_CASE("nodes beyond the limit are refused, or left out where a list is watched") {
  settings many(fleet::max_nodes + 2, listed_node("http://10.0.0.1"));
  for (std::size_t number = 0; number < many.size(); ++number) {
    many[number].url.host = "node-" + std::to_string(number);
  }
  const fleet::node_source strict[] = {{many, twin_rule::refuse}};
  CHECK(fleet::make_nodes(strict, {}).error().text.find("more than 200000 nodes") != std::string::npos);
  const fleet::node_source watched[] = {{many, twin_rule::keep_first}};
  const auto made = fleet::make_nodes(watched, {});
  REQUIRE(made);
  CHECK(made->nodes.size() == fleet::max_nodes);
  CHECK(made->left_out.size() == 2);
}

TEST_CASE("the static part of a fleet needs a node, or a list that may name one") {
  fleet::fleet_options options;
  CHECK(fleet::static_nodes(options).error().kind == error_kind::usage);
  CHECK(fleet::static_nodes(options).error().text.starts_with("no nodes"));
  options.node_files = {"/etc/edge-rollup/nodes.d/*.json"};
  CHECK(fleet::static_nodes(options)->empty());
  options.node_files.clear();
  options.named_files = {{"nodes", tests::listing_of({listed_node("http://10.0.0.2")})}};
  options.fixed = {listed_node("http://10.0.0.1")};
  CHECK(urls(*fleet::static_nodes(options)) == std::vector<std::string>{"http://10.0.0.1", "http://10.0.0.2"});
}

TEST_CASE("whatever the lists, every node is there once, in order") {
  tests::holds_for_all("unique and in order of first mention", [](const std::vector<std::vector<std::uint8_t>>& lists) {
    std::vector<settings> listed;
    std::vector<std::string> expected;
    for (const auto& list : lists) {
      settings& nodes = listed.emplace_back();
      for (const auto number : list) {
        const auto url = "http://10.0.0." + std::to_string(number);
        nodes.push_back(listed_node(url));
        if (std::ranges::find(expected, url) == expected.end()) expected.push_back(url);
      }
    }
    std::vector<fleet::node_source> sources;
    for (const auto& nodes : listed) sources.push_back({nodes, twin_rule::keep_first});
    return urls(fleet::make_nodes(sources, {})->nodes) == expected;
  });
}
