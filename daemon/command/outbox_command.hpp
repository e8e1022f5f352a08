// `edge-rollup outbox`: looks after stored rollups, beside a running daemon or without one.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"

namespace edge_rollup::daemon {

/// Errors: those of open_visited_store, `no_input` where a rollup that was named is not there, `usage` where --yes is
/// missing, `bad_data` where a body is damaged.
[[nodiscard]] model::result<exit_code> look_after_outbox(const outbox_command& asked);

}  // namespace edge_rollup::daemon
