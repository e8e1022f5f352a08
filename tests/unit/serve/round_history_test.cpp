#include "serve/round_history.hpp"

#include "support/property.hpp"
#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace edge_rollup;
using serve::round_history;
using range = round_history::range;

namespace {

model::rollup rollup_of(std::uint64_t records, std::optional<double> quality = 0.5) {
  model::rollup made;
  made.total_records = records;
  made.quality.mean_ok = quality;
  made.quality.min = quality;
  made.quality.max = quality;
  made.coverage.ok = records;
  made.coverage.failed = 1;
  return made;
}

/// On both clocks; slots begin at multiples of ten seconds.
struct history_of_tests {
  [[nodiscard]] nlohmann::json told(range wanted = range::hour) const {
    return nlohmann::json::parse(history.to_json(wanted, now, wall));
  }
  void go_on(model::seconds by) {
    now += by;
    wall += by;
  }
  void end_round(const model::rollup& made, serve::poll_time_spread times = {}) {
    history.round_ended(made, times, now);
  }

  round_history history;
  model::mono_time now{model::seconds(100'000)};
  model::wall_time wall{model::seconds(1'800'000'000)};
};

}  // namespace

TEST_CASE("Before the first round there is no curve") {
  const history_of_tests at;
  const auto told = at.told();
  CHECK(told.at("range") == "1h");
  CHECK(told.at("step_s") == 10);
  CHECK(told.at("t").empty());
  CHECK(told.at("records").empty());
}

TEST_CASE("A slot sums up its rounds, and one without a round is null") {
  history_of_tests at;
  at.end_round(rollup_of(10, 0.25), {5, 30});
  at.go_on(model::seconds(9));
  at.end_round(rollup_of(20, 0.75), {7, 20});
  at.history.outbox_seen(3, at.now);
  at.history.outbox_seen(1, at.now);
  at.go_on(model::seconds(11));
  at.end_round(rollup_of(0, std::nullopt));
  const auto told = at.told();
  CHECK(told.at("t") == nlohmann::json({1'800'000'000, 1'800'000'010, 1'800'000'020}));
  CHECK(told.at("records") == nlohmann::json({15.0, nullptr, 0.0}));
  CHECK(told.at("quality") == nlohmann::json({0.5, nullptr, nullptr}));
  CHECK(told.at("quality_min") == nlohmann::json({0.25, nullptr, nullptr}));
  CHECK(told.at("quality_max") == nlohmann::json({0.75, nullptr, nullptr}));
  CHECK(told.at("poll_p50_ms") == nlohmann::json({*serve::ms_of(7), nullptr, nullptr}));
  CHECK(told.at("poll_p95_ms") == nlohmann::json({*serve::ms_of(30), nullptr, nullptr}));
  CHECK(told.at("ok") == nlohmann::json({20, nullptr, 0}));
  CHECK(told.at("failed") == nlohmann::json({1, nullptr, 1}));
  CHECK(told.at("outbox") == nlohmann::json({3, nullptr, nullptr}));
}

TEST_CASE("The day goes on where the hour has forgotten") {
  history_of_tests at;
  at.end_round(rollup_of(10));
  at.go_on(model::seconds(3'590));
  CHECK(at.told().at("records").size() == round_history::hour_slots);
  at.go_on(model::seconds(10));
  CHECK(at.told().at("records").empty());
  const auto day = at.told(range::day);
  CHECK(day.at("range") == "24h");
  CHECK(day.at("step_s") == 300);
  CHECK(day.at("records").front() == 10.0);
  at.go_on(model::seconds(24 * 3'600));
  CHECK(at.told(range::day).at("records").empty());
}

TEST_CASE("A step of the wall clock empties no slot and moves their labels") {
  history_of_tests at;
  at.end_round(rollup_of(10));
  at.go_on(model::seconds(10));
  at.wall -= std::chrono::years(50);
  at.end_round(rollup_of(20));
  const auto told = at.told();
  CHECK(told.at("records") == nlohmann::json({10.0, 20.0}));
  CHECK(told.at("t").at(1).get<std::int64_t>() - told.at("t").at(0).get<std::int64_t>() == 10);
  CHECK(told.at("t").at(1) == (at.wall.time_since_epoch() / model::seconds(1)));
}

TEST_CASE("All curves are of one length and no longer than the history, whenever rounds come") {
  tests::holds_for_all("for rounds at any distance", [](const std::vector<std::uint16_t>& pauses) {
    history_of_tests at;
    for (const auto pause : pauses) {
      at.end_round(rollup_of(1));
      at.go_on(model::seconds(pause % 2'000));
    }
    for (const auto wanted : {range::hour, range::day}) {
      const auto told = at.told(wanted);
      const auto length = told.at("t").size();
      RC_ASSERT(length <= (wanted == range::hour ? round_history::hour_slots : round_history::day_slots));
      for (const auto& [name, curve] : told.items()) {
        if (curve.is_array()) RC_ASSERT(curve.size() == length);
      }
      RC_ASSERT(std::ranges::is_sorted(told.at("t").get<std::vector<std::int64_t>>()));
      if (length > 0) RC_ASSERT(!told.at("records").front().is_null());
    }
  });
}
