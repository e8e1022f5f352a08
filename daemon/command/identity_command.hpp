// `edge-rollup identity`: the stream that names the rollups of an outbox, and a new one on an operator's wish.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"

namespace edge_rollup::daemon {

/// Errors: those of open_visited_store, `usage` where --yes is missing.
[[nodiscard]] model::result<exit_code> look_after_identity(const identity_command& asked);

}  // namespace edge_rollup::daemon
