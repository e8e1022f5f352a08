// What is promised to whoever runs the daemon, checked against everything that happened in a simulated world.
#pragma once

#include "sim/simulation.hpp"

#include <string>
#include <vector>

namespace edge_rollup::sim {

/// Each broken promise as one sentence; empty where all hold. Those about what is finally delivered are looked at only
/// where nothing waits for the cloud any more.
[[nodiscard]] std::vector<std::string> broken_promises(const simulation& world);

/// Fails the running test with what is broken and the seed of the world.
void check_promises(const simulation& world);

}  // namespace edge_rollup::sim
