#include "daemon/text/round_table.hpp"

#include "aggregate/aggregate.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using daemon::nodes_shown;

namespace {

const model::wall_time now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 17h};

struct fixture {
  std::vector<model::node> nodes;
  std::vector<model::poll_outcome> outcomes;

  model::node& add(const std::string& name) {
    model::node node;
    node.name = name;
    node.url = "http://" + name;
    return nodes.emplace_back(std::move(node));
  }
  void ok(const std::string& name, std::uint64_t records, double quality, std::optional<std::chrono::seconds> age,
          model::nanoseconds took = 8ms) {
    add(name);
    model::summary said{records, quality, {}, {}};
    if (age) said.last_updated_at = now - *age;
    outcomes.push_back({said, took});
  }
  void failed(const std::string& name, const std::string& message) {
    add(name);
    outcomes.push_back({std::unexpected(model::failure{model::failure_kind::http_status, message, 503}), 3ms});
  }
  std::string table(nodes_shown shown = nodes_shown::troubled_first) const {
    model::round_facts facts;
    facts.started = now;
    return daemon::round_table(aggregate::aggregate(facts, nodes, outcomes, {}), nodes, outcomes, shown);
  }
};

}  // namespace

TEST_CASE("a round is a table that lines up, with the totals below") {
  fixture f;
  f.ok("pump-1", 4160, 0.981, 12s);
  f.failed("pump-3", "HTTP 503 Service Unavailable");
  CHECK(f.table() ==
        "NODE    STATUS  RECORDS  QUALITY  UPDATED   TIME\n"
        "pump-1  ok        4 160    0.981  12 s ago  8 ms\n"
        "pump-3  error         -        -  -         3 ms   HTTP 503 Service Unavailable\n"
        "\n"
        "rollup  1 of 2 nodes, 4 160 records, quality 0.981\n");
}

TEST_CASE("ages and times are told in the unit that fits") {
  struct row {
    std::optional<std::chrono::seconds> age;
    model::nanoseconds took;
    const char* updated;
    const char* time;
  };
  for (const auto& row : std::vector<row>{{0s, 400us, "0 s ago ", "0.4 ms"},
                                          {59s, 999ms, "59 s ago ", "999 ms"},
                                          {600s, 1500ms, "10 min ago ", "1.5 s"},
                                          {7200s, 61s, "2 h ago, stale ", "61.0 s"},
                                          {200'000s, 8ms, "2 d ago, stale ", "8 ms"},
                                          {-3s, 8ms, "in the future ", "8 ms"},
                                          {std::nullopt, 8ms, " -  ", "8 ms"}}) {
    fixture f;
    f.ok("a", 1, 0.5, row.age, row.took);
    const auto text = f.table();
    INFO(text);
    CHECK(text.find(row.updated) != std::string::npos);
    CHECK(text.find(row.time) != std::string::npos);
  }
}

TEST_CASE("of many nodes only the troubled are listed, unless all are asked for") {
  fixture f;
  for (int i = 0; i < 9'999; ++i) f.ok("node-" + std::to_string(i), 1, 0.5, 1s);
  f.failed("broken", "HTTP 503");
  f.ok("old", 1, 0.5, 7200s);
  const auto text = f.table();
  CHECK(std::ranges::count(text, '\n') == 6);
  CHECK(text.find("…and 9 999 ok (--all)\n") != std::string::npos);
  CHECK(text.find("old ") != std::string::npos);
  CHECK(std::ranges::count(f.table(nodes_shown::all), '\n') == 10'004);
}

TEST_CASE("without an ok node there is no quality, and what a peer said cannot move the cursor") {
  fixture f;
  f.failed("a", "bad\x1b[2J\nthing");
  CHECK(f.table().ends_with("   bad\\x1b[2J\\x0athing\n\nrollup  0 of 1 nodes, 0 records, quality -\n"));
}

TEST_CASE("the table of a round fits a terminal, however long names and messages are") {
  fixture f;
  f.ok(std::string(120, 'n'), 4160, 0.981, 12s);
  f.failed("pump-3", std::string(200, 'm'));
  const auto text = f.table();
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    const auto line = text.substr(begin, text.find('\n', begin) - begin);
    INFO(line);
    CHECK(line.size() <= 80);
  }
  CHECK(text.contains("3 ms\n    mmm"));
}
