// Collects the nodes that the command line names: arguments, files, standard input.
#pragma once

#include "daemon/command/command_line.hpp"
#include "fleet/fleet_options.hpp"
#include "model/result.hpp"

#include <span>

namespace edge_rollup::daemon {

/// Files are named files, standard input too. The rest of the options is left as it is.
/// Errors: usage for a NODE argument, bad_data for lines of a file (all of them in one text), no_input for a missing
///         file.
/// `read_before`: what the same flags gave at an earlier time; of it are taken those that can be read only once.
[[nodiscard]] model::result<fleet::fleet_options> collect_nodes(const polling_flags& flags,
                                                                std::span<const fleet::named_file> read_before = {});

}  // namespace edge_rollup::daemon
