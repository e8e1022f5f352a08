// A finished round of any size, as the poller hands it on, for the micro-benchmarks.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/round.hpp"

#include <cstddef>
#include <vector>

namespace edge_rollup::bench {

/// Sizes of fleets that are worth a time of their own: small, usual, large.
inline constexpr int small_fleet = 100;
inline constexpr int usual_fleet = 1'000;
inline constexpr int large_fleet = 10'000;

struct sample_round {
  model::round_facts facts;
  std::vector<model::node> nodes;
  std::vector<model::poll_outcome> outcomes;  ///< one in a hundred nodes does not answer
};

[[nodiscard]] sample_round make_sample_round(std::size_t nodes);

}  // namespace edge_rollup::bench
