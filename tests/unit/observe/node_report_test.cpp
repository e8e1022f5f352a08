#include "observe/node_report.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using observe::log_entry;
using observe::log_level;
using enum model::failure_kind;

namespace {

model::node node_named(const std::string& name) {
  model::node made;
  made.name = name;
  made.url = "http://" + name;
  return made;
}

model::poll_outcome ok() {
  model::poll_outcome made;
  made.answer = model::summary{};
  return made;
}

model::poll_outcome failed(model::failure_kind kind, const std::string& message = "it broke") {
  model::poll_outcome made;
  made.answer = std::unexpected(model::failure{kind, message, {}});
  return made;
}

std::vector<std::string> messages(const std::vector<log_entry>& lines) {
  std::vector<std::string> all;
  for (const auto& line : lines) all.push_back(line.message);
  return all;
}

/// Of a round whose data are all of known age.
std::vector<log_entry> lines_of_round(observe::node_report& report, const std::vector<model::node>& nodes,
                                      const std::vector<model::poll_outcome>& outcomes) {
  return report.lines_of_round(nodes, outcomes, std::vector(nodes.size(), model::freshness::fresh));
}

using said = std::vector<std::string>;

}  // namespace

TEST_CASE("A node is mentioned when its state changes, not when it stays") {
  struct row {
    const char* label;
    model::poll_outcome outcome;
    said lines;
  };
  const row rounds[] = {
      {"ok at first is nothing to say", ok(), {}},
      {"the first failure", failed(connect, "refused"), {"node a failed: refused"}},
      {"the same failure again", failed(connect, "refused by another"), {}},
      {"fails in another way", failed(timeout, "no answer"), {"node a failed: no answer"}},
      {"skipped changes nothing", failed(skipped), {}},
      {"cancelled changes nothing", failed(cancelled), {}},
      {"still the same failure", failed(timeout), {}},
      {"ok again", ok(), {"node a is ok again after 4 failed rounds"}},
      {"stays ok", ok(), {}},
      {"fails once", failed(dns, "no such name"), {"node a failed: no such name"}},
      {"and recovers", ok(), {"node a is ok again after 1 failed round"}},
  };
  observe::node_report report;
  const std::vector nodes{node_named("a")};
  for (const row& r : rounds) {
    INFO(r.label);
    CHECK(messages(lines_of_round(report, nodes, std::vector{r.outcome})) == r.lines);
  }
}

TEST_CASE("A failure is a warning with the facts as fields, a recovery is information") {
  observe::node_report report;
  const std::vector nodes{node_named("a")};
  auto slow = failed(http_status, "HTTP 503");
  slow.latency = std::chrono::microseconds(2'600);
  const auto failing = lines_of_round(report, nodes, std::vector{slow});
  REQUIRE(failing.size() == 1);
  CHECK(failing[0].level == log_level::warn);
  REQUIRE(failing[0].fields.size() == 4);
  CHECK(std::get<std::string>(failing[0].fields[1].value) == "http://a");
  CHECK(std::get<std::string>(failing[0].fields[2].value) == "http_status");
  CHECK(std::get<std::int64_t>(failing[0].fields[3].value) == 3);
  const auto recovered = lines_of_round(report, nodes, std::vector{ok()});
  REQUIRE(recovered.size() == 1);
  CHECK(recovered[0].level == log_level::info);
}

TEST_CASE("Ten thousand dead nodes are twenty lines and one, and afterwards silence") {
  std::vector<model::node> nodes;
  for (int at = 0; at < 10'000; ++at) nodes.push_back(node_named(fmt::format("n{}", at)));
  const std::vector outcomes(nodes.size(), failed(connect));

  observe::node_report report;
  const auto lines = lines_of_round(report, nodes, outcomes);
  REQUIRE(lines.size() == observe::node_lines_per_round + 1);
  CHECK(lines.front().message == "node n0 failed: it broke");
  CHECK(lines.back().message == "and 9 980 more nodes");
  CHECK(lines_of_round(report, nodes, outcomes).empty());
}

TEST_CASE("Exactly as many nodes as lines need no line for the others") {
  std::vector<model::node> nodes;
  for (std::size_t at = 0; at < observe::node_lines_per_round; ++at)
    nodes.push_back(node_named(fmt::format("n{}", at)));
  observe::node_report report;
  CHECK(lines_of_round(report, nodes, std::vector(nodes.size(), failed(connect))).size() ==
        observe::node_lines_per_round);
}

TEST_CASE("A node that left the list is forgotten, one that moved within it is not") {
  observe::node_report report;
  const auto a = node_named("a"), b = node_named("b");
  CHECK(lines_of_round(report, std::vector{a, b}, std::vector{failed(connect), failed(connect)}).size() == 2);
  CHECK(lines_of_round(report, std::vector{b}, std::vector{failed(connect)}).empty());
  CHECK(messages(lines_of_round(report, std::vector{b, a}, std::vector{failed(connect), failed(connect)})) ==
        said{"node a failed: it broke"});
}

TEST_CASE("A round is summed up in one line") {
  model::rollup made;
  made.coverage = {.expected = 5, .ok = 4, .failed = 1};
  made.total_records = 8'064;
  made.data_quality_score = 0.968;
  made.round.took = std::chrono::microseconds(14'200);
  CHECK(observe::round_line(12, made).message == "round 12: 4 of 5 nodes ok, 8 064 records, quality 0.968, 14 ms");
  CHECK(observe::round_line(12, made).level == log_level::info);

  SECTION("a round cut short says so") {
    made.round.partial = true;
    CHECK(observe::round_line(12, made).message ==
          "round 12: 4 of 5 nodes ok, 8 064 records, quality 0.968, 14 ms, cut short");
  }
  SECTION("no ok node is a warning, and there is no quality") {
    made.coverage = {.expected = 10'000, .failed = 10'000};
    made.total_records = 0;
    const auto line = observe::round_line(1, made);
    CHECK(line.message == "round 1: 0 of 10 000 nodes ok, 0 records, quality -, 14 ms");
    CHECK(line.level == log_level::warn);
  }
  SECTION("no node at all is no warning") {
    made.coverage = {};
    CHECK(observe::round_line(1, made).level == log_level::info);
  }
  SECTION("large numbers are grouped") {
    made.total_records = 18'446'744'073'709'551'615U;
    CHECK(observe::round_line(1, made).message.find("18 446 744 073 709 551 615 records") != std::string::npos);
  }
}

TEST_CASE("A node whose clock is ahead is warned of once while that lasts") {
  using enum model::freshness;
  model::poll_outcome dated = ok();
  dated.answer->last_updated_at = model::wall_time{std::chrono::years{57}};
  struct row {
    const char* label;
    model::poll_outcome outcome;
    model::freshness freshness;
    std::size_t lines;
  };
  const row rounds[] = {
      {"no time at all is no clock", ok(), unknown, 0},
      {"ahead", dated, unknown, 1},
      {"still ahead", dated, unknown, 0},
      {"skipped changes nothing", failed(skipped), unknown, 0},
      {"still ahead after that", dated, unknown, 0},
      {"set right", dated, fresh, 0},
      {"ahead again", dated, unknown, 1},
  };
  const std::vector nodes{node_named("a")};
  observe::node_report report;
  for (const row& r : rounds) {
    INFO(r.label);
    const auto lines = report.lines_of_round(nodes, std::vector{r.outcome}, std::vector{r.freshness});
    REQUIRE(lines.size() == r.lines);
    if (lines.empty()) continue;
    CHECK(lines[0].level == log_level::warn);
    CHECK(lines[0].message.starts_with("the clock of node a is ahead of ours"));
  }
}
