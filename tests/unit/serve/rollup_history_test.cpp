#include "serve/rollup_history.hpp"

#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace edge_rollup;

namespace {

serve::made_rollup rollup(std::uint64_t number) {
  serve::made_rollup made;
  made.round.number = number;
  made.sequence = number;
  made.id = "id";
  return made;
}

}  // namespace

TEST_CASE("The newest rollups are told first, with what became of them") {
  serve::rollup_history history;
  CHECK_FALSE(history.last_round());
  for (std::uint64_t number = 1; number <= 3; ++number) history.made(rollup(number));
  history.failed(1, "retry", {{}, "connect to 10.0.0.9:443: refused"});
  history.failed(2, "refused", {422, "Unprocessable Content"});
  history.failed(3, "retry", {503, "Service Unavailable"});
  history.failed(99, "retry", {503, "Service Unavailable"});
  history.delivered(3, "delivered", tests::at_second(1));
  history.delivered(99, "delivered", tests::at_second(1));
  CHECK(nlohmann::json::parse(history.to_json(2)).at("rollups").size() == 2);
  const auto told = nlohmann::json::parse(history.to_json(3)).at("rollups");
  REQUIRE(told.size() == 3);
  CHECK(told[0].at("sequence") == 3);
  CHECK(told[0].at("round").at("number") == 3);
  CHECK(told[0].at("last_verdict") == "delivered");
  CHECK(told[0].at("delivered") == "2026-01-01T00:00:01.000Z");
  CHECK(told[0].at("last_answer").is_null());
  CHECK(told[1].at("last_verdict") == "refused");
  CHECK(told[1].at("last_answer") == nlohmann::json({{"status", 422}, {"words", "Unprocessable Content"}}));
  CHECK(told[2].at("last_answer").at("status").is_null());
  CHECK(told[1].at("delivered").is_null());
  CHECK(history.last_round()->number == 3);
}

TEST_CASE("Only so many rollups are kept, and one that could not be stored has no number") {
  serve::rollup_history history;
  for (std::uint64_t number = 1; number <= serve::rollup_history::max_rollups; ++number) history.made(rollup(number));
  auto unstored = rollup(1'000);
  unstored.sequence.reset();
  unstored.id.reset();
  history.made(std::move(unstored));
  const auto told = nlohmann::json::parse(history.to_json(1'000)).at("rollups");
  CHECK(told.size() == serve::rollup_history::max_rollups);
  CHECK(told.front().at("sequence").is_null());
  CHECK(told.back().at("sequence") == 2);
}
