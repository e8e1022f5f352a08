// A round as a table for people; what `once` prints.
#pragma once

#include "daemon/command/command_line.hpp"
#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace edge_rollup::daemon {

/// Above so many nodes only troubled ones are listed, unless all are asked for.
inline constexpr std::size_t rows_before_shortening = 50;

/// One line a node under a headline, then an empty line and the line of totals. Text of nodes is escaped.
[[nodiscard]] std::string round_table(const model::rollup& made, std::span<const model::node> nodes,
                                      std::span<const model::poll_outcome> outcomes, nodes_shown shown);

}  // namespace edge_rollup::daemon
