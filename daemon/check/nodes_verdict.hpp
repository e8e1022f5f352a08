// How `once` ends for the nodes' part. Pure.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/poll_outcome.hpp"

#include <span>

namespace edge_rollup::daemon {

/// With nodes_required::all: unavailable where a node failed, else bad_data where a summary was bad. Otherwise ok.
[[nodiscard]] exit_code nodes_verdict(std::span<const model::poll_outcome> outcomes, nodes_required required);

}  // namespace edge_rollup::daemon
