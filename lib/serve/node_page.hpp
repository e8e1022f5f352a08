// Nodes as JSON: one of them, or a page of those that are asked for.
#pragma once

#include "serve/node_board.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::serve {

/// Which nodes, in which order, and where the page begins.
struct node_query {
  enum class filter { ok, failed, skipped, unknown, stale };
  enum class order { config, name, state, records, quality, latency };

  std::optional<filter> state = {};
  std::string text = {};  ///< in the name, the URL or a label's value, in any case; empty: all
  order sorted_by = order::config;
  std::size_t limit = 100;
  std::size_t first = 0;  ///< so many of them stand on pages before
};

/// Orders but `config` and `name` begin with what an operator looks for: troubled nodes, high numbers. Equal ones stay
/// in the order of the board.
[[nodiscard]] std::string nodes_json(const node_board& board, const node_query& asked);

[[nodiscard]] std::string node_json(const node_view& node);

}  // namespace edge_rollup::serve
