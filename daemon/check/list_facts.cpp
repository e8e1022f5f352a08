#include "daemon/check/list_facts.hpp"

#include "fleet/node_lists.hpp"

#include <utility>

namespace edge_rollup::daemon {

list_facts list_facts_of(const fleet::fleet_options& options, model::wall_time now) {
  fleet::node_lists lists(options, nullptr, std::nullopt, nullptr);
  auto news = lists.look_at_files(now);
  list_facts facts;
  if (!options.node_http) facts.nodes = lists.nodes();
  for (auto& line : news.lines) {
    if (line.level == observe::log_level::warn) facts.troubles.push_back(std::move(line.message));
  }
  return facts;
}

}  // namespace edge_rollup::daemon
