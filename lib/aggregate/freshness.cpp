#include "aggregate/freshness.hpp"

#include "model/invariant.hpp"

#include <cstddef>
#include <string_view>
#include <unordered_set>

namespace edge_rollup::aggregate {
namespace {

using times_by_url = std::unordered_map<std::string, model::wall_time>;

void forget_all_but(std::span<const model::node> nodes, times_by_url& times) {
  std::unordered_set<std::string_view> urls;
  urls.reserve(nodes.size());
  for (const model::node& node : nodes) urls.insert(node.url);
  std::erase_if(times, [&urls](const auto& known) { return !urls.contains(known.first); });
}

}  // namespace

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
  std::size_t known = 0;  // of the nodes
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!outcomes[i].ok()) {
      known += last_updated_.count(nodes[i].url);
    } else if (const auto updated = outcomes[i].answer->last_updated_at) {
      last_updated_.insert_or_assign(nodes[i].url, *updated);
      ++known;
    } else {
      last_updated_.erase(nodes[i].url);
    }
  }
  if (known != last_updated_.size()) forget_all_but(nodes, last_updated_);
}

}  // namespace edge_rollup::aggregate
