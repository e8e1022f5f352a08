// From what was typed, the settings file and the environment to a valid config.
#pragma once

#include "config/config.hpp"
#include "config/layers.hpp"
#include "config/secret_notes.hpp"
#include "daemon/command/command_line.hpp"
#include "model/result.hpp"

#include <optional>
#include <span>
#include <string>

namespace edge_rollup::daemon {

/// What references lead to on this machine.
enum class secrets_wanted {
  all,    ///< one that cannot be read is a mistake
  files,  ///< likewise, but credentials may be wanting: systemd has them for the service alone
  none,   ///< who asks need not be the user who may read them; a file that is not there is a mistake all the same
};
[[nodiscard]] config::reference_sources references_of_this_machine(secrets_wanted wanted);

/// The file that -c or EDGE_ROLLUP_CONFIG names, if any.
[[nodiscard]] std::optional<std::string> settings_file(const settings_flags& flags);

/// Lays file, environment and flags over the defaults. Mistakes in them stay with the layers.
/// Errors: no_input, permission or disk where the file cannot be read.
[[nodiscard]] model::result<void> add_settings(config::layers& into, const settings_flags& flags);

/// Reads the node lists that are named, too. Errors: those of add_settings, collect_nodes and config::make_config.
[[nodiscard]] model::result<config::config> read_settings(const run_command& asked);

/// Likewise while the daemon runs, which `read_before` were named to. Errors: also no_input where the settings file is
/// a pipe or a device, which is not read twice.
[[nodiscard]] model::result<config::config> read_settings_again(const run_command& asked,
                                                                std::span<const fleet::named_file> read_before);

/// Likewise; `once` may do without a cloud only in a dry run.
[[nodiscard]] model::result<config::config> read_settings(const once_command& asked);

struct checked_settings {
  config::config settings;
  config::secret_notes noticed;
};

/// Likewise; a check wants what `run` wants, but offline no credentials.
[[nodiscard]] model::result<checked_settings> read_settings(const check_command& asked);

}  // namespace edge_rollup::daemon
