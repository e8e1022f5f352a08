// `edge-rollup once` beside a running daemon: that one is asked for the round.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"
#include "observe/log.hpp"

#include <optional>

namespace edge_rollup::daemon {

/// Empty where no daemon has claimed the state directory. Else prints and ends as `once` does by itself; of the
/// settings only `state_dir` and `listen_token` count, the daemon has its own. Errors: state where the daemon cannot be
/// asked for what is wanted, with a text that says how to; those of daemon_client.
[[nodiscard]] std::optional<model::result<exit_code>> once_by_daemon(const once_command& asked, observe::log& messages);

}  // namespace edge_rollup::daemon
