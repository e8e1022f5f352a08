// Collects the nodes that the command line names: arguments, files, standard input.
#pragma once

#include "config/settings.hpp"
#include "daemon/command_line.hpp"
#include "model/result.hpp"

#include <vector>

namespace edge_rollup::daemon {

/// Errors: usage for a NODE argument, bad_data for lines of a file (all of them in one text), no_input for a missing
///         file.
[[nodiscard]] model::result<std::vector<config::node_setting>> collect_nodes(const polling_flags& flags);

}  // namespace edge_rollup::daemon
