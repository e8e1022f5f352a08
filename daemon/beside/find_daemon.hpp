// Where a daemon on this machine listens, and the token that it wants.
#pragma once

#include "daemon/command/command_line.hpp"
#include "model/result.hpp"
#include "model/url.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace edge_rollup::daemon {

struct daemon_place {
  model::url base;
  std::optional<std::string> token;            ///< a secret
  std::filesystem::path state_directory = {};  ///< that told of it, if one did
};

/// --url, else what stands in the state directory, else http://127.0.0.1:9464, but not where a state directory is named
/// or in use. The token is that of --token-file, else of the state directory, else of $EDGE_ROLLUP_LISTEN_TOKEN.
/// Errors: usage for a bad URL, unavailable where no daemon listens, and those of secret_files and of the settings.
[[nodiscard]] model::result<daemon_place> find_daemon(const daemon_flags& flags);

/// The daemon of this state directory, with a token that lets us ask for rounds. Empty where it does not listen, or
/// where its files are not ours to read.
[[nodiscard]] std::optional<daemon_place> daemon_of(const std::filesystem::path& state_directory);

}  // namespace edge_rollup::daemon
