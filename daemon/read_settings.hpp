// From what was typed to a valid config.
#pragma once

#include "config/config.hpp"
#include "daemon/command_line.hpp"
#include "model/result.hpp"

namespace edge_rollup::daemon {

/// Reads the node lists that are named. Errors: those of collect_nodes and make_config; usage where `run` has no cloud.
[[nodiscard]] model::result<config::config> read_settings(const run_command& asked);

/// Likewise; `once` may do without a cloud only in a dry run.
[[nodiscard]] model::result<config::config> read_settings(const once_command& asked);

}  // namespace edge_rollup::daemon
