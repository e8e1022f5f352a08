// Adds the outcomes of a round up into its rollup.
#pragma once

#include "aggregate/freshness.hpp"
#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "model/round.hpp"

#include <span>

namespace edge_rollup::aggregate {

/// `outcomes` holds one for each of `nodes`, in their order; `memory` is of the rounds before. The record sum is exact
/// and stays at 2^64-1 once it would pass it. Sums and means do not depend on the order of the nodes, to the last bit,
/// and means lie within the extremes.
[[nodiscard]] model::rollup aggregate(const model::round_facts& facts, std::span<const model::node> nodes,
                                      std::span<const model::poll_outcome> outcomes, const freshness_memory& memory);

}  // namespace edge_rollup::aggregate
