// `edge-rollup status` and `edge-rollup nodes`: what a running daemon says of itself and of its nodes.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"
#include "observe/log.hpp"

namespace edge_rollup::daemon {

/// Errors: those of find_daemon and daemon_client. A probe that finds no daemon has said so on standard output, too.
[[nodiscard]] model::result<exit_code> tell_status(const status_command& asked, observe::log& messages);

/// Likewise; fetches page after page.
[[nodiscard]] model::result<exit_code> list_nodes(const nodes_command& asked, observe::log& messages);

}  // namespace edge_rollup::daemon
