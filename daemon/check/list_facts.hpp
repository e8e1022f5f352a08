// What a check learns of the lists of nodes that are files, without asking anybody.
#pragma once

#include "fleet/fleet_options.hpp"
#include "model/node.hpp"
#include "model/time.hpp"

#include <string>
#include <vector>

namespace edge_rollup::daemon {

struct list_facts {
  model::node_list nodes;             ///< null where a server names nodes, too, or none is known
  std::vector<std::string> troubles;  ///< why lists, or nodes in them, are left out
};

/// Reads the files. Blocks.
[[nodiscard]] list_facts list_facts_of(const fleet::fleet_options& options, model::wall_time now);

}  // namespace edge_rollup::daemon
