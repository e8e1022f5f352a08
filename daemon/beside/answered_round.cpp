#include "daemon/beside/answered_round.hpp"

#include "model/words.hpp"
#include "wire/rfc3339.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace edge_rollup::daemon {
namespace {

using wire::json_view;

model::nanoseconds duration_of(const json_view& ms) {
  return std::chrono::round<model::nanoseconds>(std::chrono::duration<double, std::milli>(ms.real().value_or(0)));
}

/// What the daemon that answers may know and this program does not is shown as what it is nearest to.
model::failure_kind kind_of(const json_view& name) {
  const auto found = std::ranges::find(model::failure_kind_names, std::string_view(name.text().value_or("")));
  if (found == model::failure_kind_names.end()) return model::failure_kind::protocol;
  return static_cast<model::failure_kind>(found - model::failure_kind_names.begin());
}

model::freshness freshness_of(const json_view& word) {
  const auto text = word.text();
  for (const auto each : {model::freshness::fresh, model::freshness::stale, model::freshness::unchanged}) {
    if (text == model::to_string(each)) return each;
  }
  return model::freshness::unknown;
}

model::poll_outcome outcome_of(const json_view& node) {
  model::poll_outcome outcome;
  outcome.latency = duration_of(node.at("latency_ms"));
  if (node.at("state").text() != "ok") {
    outcome.answer =
        std::unexpected(model::failure{kind_of(node.at("error_kind")), node.at("error").text().value_or(""), {}});
    return outcome;
  }
  model::summary said;
  said.record_count = node.at("records").count().value_or(0);
  said.quality_score = node.at("quality").real().value_or(0);
  if (const auto updated = node.at("last_updated").text()) said.last_updated_at = wire::parse_timestamp(*updated);
  outcome.answer = std::move(said);
  return outcome;
}

}  // namespace

answered_round round_in(const json_view& round, std::span<const json_view> nodes) {
  answered_round found;
  found.rollup.round.started =
      wire::parse_timestamp(round.at("started").text().value_or("")).value_or(model::wall_time{});
  found.rollup.round.took = duration_of(round.at("ms"));
  found.rollup.total_records = round.at("records").count().value_or(0);
  found.rollup.quality.mean_ok = round.at("quality").real();
  found.rollup.coverage.expected = round.at("nodes").at("expected").count().value_or(0);
  found.rollup.coverage.ok = round.at("nodes").at("ok").count().value_or(0);
  for (const auto& each : nodes) {
    model::node node;
    node.name = each.at("name").text().value_or("-");
    found.nodes.push_back(std::move(node));
    found.outcomes.push_back(outcome_of(each));
    found.rollup.node_freshness.push_back(freshness_of(each.at("freshness")));
  }
  return found;
}

}  // namespace edge_rollup::daemon
