// The nodes of a daemon as a table of 80 columns. Pure.
#pragma once

#include "model/time.hpp"
#include "wire/json_view.hpp"

#include <span>
#include <string>

namespace edge_rollup::daemon {

/// `nodes` are entries of /api/v1/nodes. One line each under a headline, and one more with what went wrong where
/// something did; then an empty line and the line of totals. Names and messages are cut where they are too long.
[[nodiscard]] std::string node_list_table(std::span<const wire::json_view> nodes, model::wall_time now);

}  // namespace edge_rollup::daemon
