// The daemon shown at work between stub nodes, one of which fails now and then, and a stub cloud that is down for a
// while.
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <string>

namespace edge_rollup::stub {

struct demo_options {
  std::uint32_t nodes = 5;
  model::milliseconds interval{2'000};
  std::uint32_t rounds = 12;
  std::string daemon;  ///< path of the daemon's program; empty: beside this program, as the build leaves it
};

/// Runs the daemon as a child and tells on standard output what happens, until its last round or Ctrl-C. True if every
/// rollup came to the cloud, once and in order. Errors: unavailable (no daemon program, no free port), disk.
[[nodiscard]] model::result<bool> run_demo(const demo_options& options);

}  // namespace edge_rollup::stub
