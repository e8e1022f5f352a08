// `edge-rollup once` beside a running daemon: that one is asked for the round.
#pragma once

#include "daemon/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"
#include "observe/log.hpp"

#include <filesystem>

namespace edge_rollup::daemon {

/// `process` has claimed `state_directory`. Prints and ends as `once` does by itself. Errors: state where the daemon
/// cannot be asked for what is wanted, with a text that says how to; those of daemon_client.
[[nodiscard]] model::result<exit_code> once_by_daemon(const once_command& asked, long process,
                                                      const std::filesystem::path& state_directory,
                                                      observe::log& messages);

}  // namespace edge_rollup::daemon
