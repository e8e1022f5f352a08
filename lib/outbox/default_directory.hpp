// Where the state directory is when nobody configured one. Pure: the caller looks into the environment.
#pragma once

#include "model/result.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace edge_rollup::outbox {

/// What the choice depends on. An empty environment variable counts as unset.
struct directory_sources {
  std::optional<std::string> chosen;           ///< --state-dir or the setting of that name
  std::optional<std::string> state_directory;  ///< $STATE_DIRECTORY, set by systemd (systemd.exec, StateDirectory=)
  std::optional<std::string> xdg_state_home;   ///< $XDG_STATE_HOME; a relative one is ignored (XDG Base Directory)
  std::optional<std::string> home;             ///< $HOME
  uid_t user = 0;                              ///< effective user id
};

/// The first of: the chosen one; the first of $STATE_DIRECTORY, which may be a list with colons; for root
/// /var/lib/edge-rollup; $XDG_STATE_HOME/edge-rollup; ~/.local/state/edge-rollup.
/// Error `state`: an empty path was chosen, or nothing says where the home directory is.
[[nodiscard]] model::result<std::filesystem::path> default_state_directory(const directory_sources& sources);

}  // namespace edge_rollup::outbox
