// Days in which everything that may go wrong goes wrong at random moments, all from the seed of the world.
#pragma once

#include "sim/simulation.hpp"

namespace edge_rollup::sim {

inline constexpr model::milliseconds week = std::chrono::weeks{1};

/// Plans outages of the cloud and of nodes, poison, deaths and restarts of the process, failures, decay and power cuts
/// of the disk, visits of an operator and steps of the wall clock, up to `end`.
void plan_random_days(simulation& world, model::milliseconds end);

}  // namespace edge_rollup::sim
