// The nodes of a daemon as a table. Pure.
#pragma once

#include "model/time.hpp"
#include "wire/json_view.hpp"

#include <span>
#include <string>

namespace edge_rollup::daemon {

/// What a page of 80 columns has no room for is cut off, or not.
enum class long_text { cut, whole };

/// `nodes` are entries of /api/v1/nodes. One line each under a headline, and one more with what went wrong where
/// something did; then an empty line and the line of totals. Of more than `rows_before_shortening` nodes those in
/// trouble come first.
[[nodiscard]] std::string node_list_table(std::span<const wire::json_view> nodes, model::wall_time now,
                                          long_text wanted);

}  // namespace edge_rollup::daemon
