#include "daemon/beside/answered_round.hpp"

#include "daemon/check/nodes_verdict.hpp"
#include "wire/rfc3339.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace edge_rollup;
using namespace edge_rollup::daemon;
using namespace std::chrono_literals;
using model::failure_kind;
using wire::json_view;

namespace {

constexpr const char* answered =
    R"({"number":7,"trigger":"manual","started":"2026-11-22T17:05:00Z","ms":14.2,"records":4160,
  "quality":0.981,"nodes":{"expected":3,"ok":1,"failed":2,"skipped":0,"stale":1,"unchanged":0,"unknown":0}})";
constexpr const char* nodes = R"([
  {"name":"pump-1","state":"ok","error_kind":null,"error":null,"records":4160,"quality":0.981,"freshness":"stale",
   "last_updated":"2026-11-22T16:04:51Z","latency_ms":8.1},
  {"name":"pump-2","state":"failed","error_kind":"bad_summary","error":"no record_count","records":null,"quality":null,
   "freshness":null,"last_updated":null,"latency_ms":3.0},
  {"name":"pump-3","state":"failed","error_kind":"quantum","error":"of a later version","records":null,"quality":null,
   "freshness":null,"last_updated":null,"latency_ms":null}])";

model::poll_outcome failed(failure_kind kind) {
  return {std::unexpected(model::failure{kind, "it failed", {}}), 1ms};
}

}  // namespace

TEST_CASE("a round that a daemon tells of is what it was made of, as far as a table shows it") {
  const auto found = round_in(*json_view::over(answered), json_view::over(nodes)->elements());
  CHECK(found.rollup.round.started == wire::parse_timestamp("2026-11-22T17:05:00Z"));
  CHECK(found.rollup.round.took == 14'200us);
  CHECK(found.rollup.total_records == 4160);
  CHECK(found.rollup.quality.mean_ok == 0.981);
  CHECK(found.rollup.coverage.expected == 3);
  CHECK(found.rollup.coverage.ok == 1);
  REQUIRE(found.nodes.size() == 3);
  CHECK(found.nodes[0].name == "pump-1");
  CHECK(found.rollup.node_freshness[0] == model::freshness::stale);
  CHECK(found.outcomes[0].latency == 8'100us);
  REQUIRE(found.outcomes[0].ok());
  CHECK(found.outcomes[0].answer->record_count == 4160);
  CHECK(found.outcomes[0].answer->last_updated_at == wire::parse_timestamp("2026-11-22T16:04:51Z"));
  REQUIRE_FALSE(found.outcomes[1].ok());
  CHECK(found.outcomes[1].answer.error() == model::failure{failure_kind::bad_summary, "no record_count", {}});
  REQUIRE_FALSE(found.outcomes[2].ok());
  CHECK(found.outcomes[2].answer.error().message == "of a later version");
}

TEST_CASE("nodes decide the exit code only where all are required, and one that failed before one that is bad") {
  const model::poll_outcome good{model::summary{}, 1ms};
  const model::poll_outcome bad = failed(failure_kind::bad_summary);
  const model::poll_outcome dead = failed(failure_kind::connect);
  struct row {
    const char* label;
    std::vector<model::poll_outcome> outcomes;
    exit_code all, some;
  };
  for (const auto& [label, outcomes, all, some] :
       {row{"none", {}, exit_code::ok, exit_code::ok}, row{"all good", {good, good}, exit_code::ok, exit_code::ok},
        row{"a bad one", {good, bad}, exit_code::bad_data, exit_code::ok},
        row{"a dead one", {bad, dead, bad}, exit_code::unavailable, exit_code::ok},
        row{"a body that is no JSON", {failed(failure_kind::bad_json)}, exit_code::bad_data, exit_code::ok}}) {
    INFO(label);
    CHECK(nodes_verdict(outcomes, nodes_required::all) == all);
    CHECK(nodes_verdict(outcomes, nodes_required::some) == some);
  }
}
