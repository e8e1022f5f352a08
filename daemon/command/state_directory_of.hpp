// What commands beside the daemon take from the settings: the state directory they look into, and the gateway's name.
#pragma once

#include "daemon/command/command_line.hpp"
#include "model/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace edge_rollup::daemon {

/// As the flags, the environment and the settings file say, else where it is by itself; it need not exist. What else is
/// wrong with the settings does not matter here. Errors: config or usage where the path itself is a mistake; those of
/// add_settings and default_state_directory.
[[nodiscard]] model::result<std::filesystem::path> state_directory_of(const settings_flags& flags);

/// The gateway's name in the settings, which counts before the one kept with the store; empty where they have none.
/// Errors: likewise.
[[nodiscard]] model::result<std::optional<std::string>> gateway_of(const settings_flags& flags);

}  // namespace edge_rollup::daemon
