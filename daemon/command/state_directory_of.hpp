// The state directory that commands beside the daemon look into.
#pragma once

#include "daemon/command/command_line.hpp"
#include "model/result.hpp"

#include <filesystem>

namespace edge_rollup::daemon {

/// As the flags, the environment and the settings file say, else where it is by itself; it need not exist. What else is
/// wrong with the settings does not matter here. Errors: config or usage where the path itself is a mistake; those of
/// add_settings and default_state_directory.
[[nodiscard]] model::result<std::filesystem::path> state_directory_of(const settings_flags& flags);

}  // namespace edge_rollup::daemon
