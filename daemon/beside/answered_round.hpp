// A round as a daemon tells of it by HTTP, turned back into what it was made of. Pure.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "wire/json_view.hpp"

#include <span>
#include <vector>

namespace edge_rollup::daemon {

/// As far as the table of a round shows it.
struct answered_round {
  model::rollup rollup;
  std::vector<model::node> nodes;
  std::vector<model::poll_outcome> outcomes;
};

/// `round` is a Round, `nodes` are Nodes of docs/openapi.json.
[[nodiscard]] answered_round round_in(const wire::json_view& round, std::span<const wire::json_view> nodes);

}  // namespace edge_rollup::daemon
