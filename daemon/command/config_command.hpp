// `edge-rollup config`: settings for people and editors.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"

namespace edge_rollup::daemon {

/// Prints a file to begin with, the settings in effect, or their JSON Schema. Errors of `show`: those of add_settings
/// and config::make_config.
[[nodiscard]] model::result<exit_code> tell_settings(const config_command& asked);

}  // namespace edge_rollup::daemon
