// The store that a command visits: found like the daemon finds it, but never made or claimed.
#pragma once

#include "model/result.hpp"
#include "outbox/visited_store.hpp"

#include <optional>
#include <string>

namespace edge_rollup::daemon {

/// `asked` is --state-dir. Errors: those of default_state_directory, visit_state_directory and visited_store::open.
[[nodiscard]] model::result<outbox::visited_store> open_visited_store(const std::optional<std::string>& asked);

}  // namespace edge_rollup::daemon
