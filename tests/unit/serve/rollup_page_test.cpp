#include "serve/rollup_page.hpp"

#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;
using model::failure_kind;
using model::freshness;
using tests::at_second;

namespace {

constexpr std::uint64_t sequence = 42;

struct rollups_of_tests {
  rollups_of_tests() {
    serve::made_rollup made;
    made.sequence = sequence;
    made.id = "id";
    history.made(std::move(made));
  }
  void keep(const std::vector<std::string>& names, const std::vector<model::poll_outcome>& outcomes,
            const std::vector<freshness>& ages) {
    archive.keep(sequence, tests::nodes_named(names), outcomes, ages);
  }
  [[nodiscard]] nlohmann::json told() const {
    return nlohmann::json::parse(*serve::rollup_json(history, archive, sequence));
  }

  serve::rollup_history history;
  serve::round_archive archive;
};

serve::ended_try failed_try(int second) {
  return {at_second(second), sequence, "id", "retry", 503, model::milliseconds(5), "Service Unavailable"};
}

}  // namespace

TEST_CASE("A rollup tells what its nodes gave, troubled ones first") {
  rollups_of_tests at;
  at.keep(
      {"ok", "stale", "dead", "skipped"},
      {tests::ok(5, 0.5), tests::ok(6, 0.25), tests::failed(failure_kind::dns), tests::failed(failure_kind::skipped)},
      {freshness::fresh, freshness::stale, freshness::unknown, freshness::unknown});
  const auto told = at.told();
  CHECK(told.at("sequence") == sequence);
  CHECK(told.at("id") == "id");
  CHECK(told.at("tries").empty());
  CHECK(told.at("nodes_total") == 4);
  CHECK(told.at("nodes_note").is_null());
  const auto& nodes = told.at("nodes");
  REQUIRE(nodes.size() == 4);
  CHECK(nodes[0] == nlohmann::json({{"name", "dead"},
                                    {"status", "error"},
                                    {"records", nullptr},
                                    {"quality", nullptr},
                                    {"freshness", nullptr},
                                    {"error_kind", "dns"},
                                    {"error", "what went wrong"}}));
  CHECK(nodes[1].at("name") == "skipped");
  CHECK(nodes[2].at("name") == "stale");
  CHECK(nodes[3] == nlohmann::json({{"name", "ok"},
                                    {"status", "success"},
                                    {"records", 5},
                                    {"quality", 0.5},
                                    {"freshness", "fresh"},
                                    {"error_kind", nullptr},
                                    {"error", nullptr}}));
}

TEST_CASE("Of very many nodes the troubled ones are told") {
  rollups_of_tests at;
  std::vector<std::string> names(2'000);
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = std::to_string(i);
  std::vector<model::poll_outcome> outcomes(names.size(), tests::ok(1, 1.0));
  outcomes.back() = tests::failed(failure_kind::dns);
  at.keep(names, outcomes, std::vector(names.size(), freshness::fresh));
  const auto told = at.told();
  CHECK(told.at("nodes_total") == 2'000);
  CHECK(told.at("nodes").size() == serve::max_told_parts);
  CHECK(told.at("nodes").front().at("name") == "1999");
}

TEST_CASE("The newest tries to deliver a rollup are told, and none of others") {
  rollups_of_tests at;
  for (int second = 1; second <= 25; ++second) at.history.tried(failed_try(second));
  auto other = failed_try(26);
  other.sequence = 1;
  at.history.tried(other);
  const auto told = at.told();
  REQUIRE(told.at("tries").size() == serve::max_told_tries);
  CHECK(told.at("tries").front() == nlohmann::json({{"at", "2026-01-01T00:00:25.000Z"},
                                                    {"verdict", "retry"},
                                                    {"status", 503},
                                                    {"ms", 5.0},
                                                    {"text", "Service Unavailable"}}));
  for (int i = 0; i < static_cast<int>(serve::rollup_history::max_tries); ++i) at.history.tried(other);
  CHECK(at.told().at("tries").empty());
}

TEST_CASE("A rollup whose nodes are not kept says so, and one that is not known is none") {
  const rollups_of_tests at;
  const auto told = at.told();
  CHECK(told.at("nodes").is_null());
  CHECK(told.at("nodes_total").is_null());
  CHECK(told.at("nodes_note").get<std::string>().contains("newest"));
  CHECK_FALSE(serve::rollup_json(at.history, at.archive, sequence + 1));
}
