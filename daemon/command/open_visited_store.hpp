// The store that a command visits: found like the daemon finds it, but never made or claimed.
#pragma once

#include "daemon/command/command_line.hpp"
#include "model/result.hpp"
#include "outbox/visited_store.hpp"

namespace edge_rollup::daemon {

/// Errors: those of state_directory_of, visit_state_directory and visited_store::open.
[[nodiscard]] model::result<outbox::visited_store> open_visited_store(const settings_flags& flags);

}  // namespace edge_rollup::daemon
