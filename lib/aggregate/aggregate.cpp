#include "aggregate/aggregate.hpp"

#include "aggregate/compensated_sum.hpp"
#include "model/invariant.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace edge_rollup::aggregate {
namespace {

/// What one ok node adds to the means.
struct contribution {
  double score = 0.0;
  std::uint64_t records = 0;
  friend auto operator<=>(const contribution&, const contribution&) = default;
};

void add_records(model::rollup& rollup, std::uint64_t records) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  if (records > most - rollup.total_records) rollup.records_saturated = true;
  rollup.total_records = rollup.records_saturated ? most : rollup.total_records + records;
}

void count(model::coverage& coverage, model::freshness freshness) {
  ++coverage.ok;
  switch (freshness) {
    case model::freshness::fresh: break;
    case model::freshness::stale: ++coverage.stale; break;
    case model::freshness::unchanged: ++coverage.unchanged; break;
    case model::freshness::unknown: ++coverage.unknown; break;
  }
}

void count(model::coverage& coverage, const model::failure& failure) {
  ++(failure.kind == model::failure_kind::skipped ? coverage.skipped : coverage.failed);
}

/// Sorting first makes the rounding, and so the result, the same in every order of the nodes.
model::quality quality_of(std::vector<contribution> contributions, std::size_t expected) {
  model::quality quality;
  if (expected == 0) return quality;
  if (contributions.empty()) {
    quality.mean_all = 0.0;
    return quality;
  }
  std::ranges::sort(contributions);
  const double min = contributions.front().score;
  const double max = contributions.back().score;

  compensated_sum scores, weighted_scores, weights;
  for (const auto& [score, records] : contributions) {
    const auto weight = static_cast<long double>(records);
    scores.add(static_cast<long double>(score));
    weighted_scores.add(static_cast<long double>(score) * weight);
    weights.add(weight);
  }
  const auto mean = [max](const compensated_sum& sum, long double divisor, double at_least) {
    return std::clamp(static_cast<double>(sum.value() / divisor), at_least, max);
  };
  quality.mean_ok = mean(scores, static_cast<long double>(contributions.size()), min);
  quality.mean_all = mean(scores, static_cast<long double>(expected), 0.0);
  if (weights.value() > 0.0L) quality.record_weighted = mean(weighted_scores, weights.value(), min);
  quality.min = min;
  quality.max = max;
  return quality;
}

}  // namespace

model::rollup aggregate(const model::round_facts& facts, std::span<const model::node> nodes,
                        std::span<const model::poll_outcome> outcomes, const freshness_memory& memory) {
  EDGE_ROLLUP_INVARIANT(nodes.size() == outcomes.size());
  model::rollup rollup;
  rollup.round = facts;
  rollup.coverage.expected = nodes.size();
  rollup.node_freshness.resize(nodes.size(), model::freshness::unknown);

  std::vector<contribution> contributions;
  contributions.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& answer = outcomes[i].answer;
    if (!answer) {
      count(rollup.coverage, answer.error());
      continue;
    }
    const auto freshness = judge(*answer, nodes[i].max_age, memory.previous(nodes[i].url), facts.started);
    rollup.node_freshness[i] = freshness;
    count(rollup.coverage, freshness);
    add_records(rollup, answer->record_count);
    contributions.push_back({answer->quality_score, answer->record_count});
  }
  rollup.quality = quality_of(std::move(contributions), nodes.size());
  rollup.data_quality_score = rollup.quality.mean_ok.value_or(0.0);
  return rollup;
}

}  // namespace edge_rollup::aggregate
