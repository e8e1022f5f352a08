// Puts the lists together to the one list of nodes that rounds are about: defaults filled in, every node once, under a
// name of its own.
#pragma once

#include "fleet/fleet_options.hpp"
#include "model/node.hpp"
#include "model/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace edge_rollup::fleet {

inline constexpr std::size_t max_told_twins = 10;  ///< nodes left out that are named; the rest is counted

/// What happens to a node that stands in an earlier place too, or has the name of another.
enum class twin_rule {
  refuse,      ///< a mistake: people wrote these lists for this start
  keep_first,  ///< left out with a warning: a list that changes must not stop a daemon
};

struct node_source {
  std::span<const node_setting> nodes;
  twin_rule twins = twin_rule::refuse;
};

struct made_nodes {
  std::vector<model::node> nodes;     ///< in the order of the sources
  std::vector<std::string> left_out;  ///< why, one sentence for each of the first max_told_twins
  std::size_t left_out_untold = 0;    ///< how many more there were
};

/// The same node means the same normalised URL. Sources that refuse twins come first. At most max_nodes: more are
/// refused, or left out where a source keeps the first.
/// Errors: usage, bad_data or config, as the node's origin has it; a twin is told with both places.
[[nodiscard]] model::result<made_nodes> make_nodes(std::span<const node_source> sources, const node_defaults& defaults);

/// The nodes that are known before any list is watched: fixed and named files. Errors: those of make_nodes, and usage
/// where there is neither a node nor a list that could name one.
[[nodiscard]] model::result<std::vector<model::node>> static_nodes(const fleet_options& options);

}  // namespace edge_rollup::fleet
