// What is different between the fleet before and the fleet after.
#pragma once

#include "model/node.hpp"
#include "observe/log_entry.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace edge_rollup::fleet {

inline constexpr std::size_t max_told_names = 10;  ///< of each sort in one line

/// Names, in the order of the fleet. Nodes are the same by their URL; one is changed where anything else differs.
struct node_changes {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<std::string> changed;

  [[nodiscard]] bool none() const noexcept { return added.empty() && removed.empty() && changed.empty(); }
  friend bool operator==(const node_changes&, const node_changes&) = default;
};

[[nodiscard]] node_changes compare(std::span<const model::node> before, std::span<const model::node> after);

/// "nodes changed: 3 added (a, b, c), 1 removed (d)".
[[nodiscard]] observe::log_entry line_of(const node_changes& changes);

}  // namespace edge_rollup::fleet
