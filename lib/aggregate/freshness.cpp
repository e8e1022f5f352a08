#include "aggregate/freshness.hpp"

#include "model/invariant.hpp"

#include <utility>

namespace edge_rollup::aggregate {

model::freshness judge(const model::summary& summary, model::milliseconds max_age,
                       std::optional<model::wall_time> previous, model::wall_time now) {
  const auto updated = summary.last_updated_at;
  if (!updated || *updated > now + max_clock_lead) return model::freshness::unknown;
  if (now - *updated > max_age) return model::freshness::stale;
  return updated == previous ? model::freshness::unchanged : model::freshness::fresh;
}

std::optional<model::wall_time> freshness_memory::previous(const std::string& url) const {
  const auto known = last_updated_.find(url);
  return known == last_updated_.end() ? std::nullopt : std::optional{known->second};
}

void freshness_memory::learn(std::span<const model::node> nodes, std::span<const model::poll_outcome> outcomes) {
  EDGE_ROLLUP_INVARIANT(nodes.size() == outcomes.size());
  std::unordered_map<std::string, model::wall_time> learned;
  learned.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto updated = outcomes[i].ok() ? outcomes[i].answer->last_updated_at : previous(nodes[i].url);
    if (updated) learned.emplace(nodes[i].url, *updated);
  }
  last_updated_ = std::move(learned);
}

}  // namespace edge_rollup::aggregate
