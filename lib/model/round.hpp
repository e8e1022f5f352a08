// One pass over all nodes: when it was, why, and what each node said.
#pragma once

#include "model/poll_outcome.hpp"
#include "model/time.hpp"

#include <optional>
#include <vector>

namespace edge_rollup::model {

/// Why a round began; the word stands in the rollup as `trigger`.
enum class round_trigger { timer, start, manual, once };

struct round_facts {
  round_trigger trigger = round_trigger::timer;
  std::optional<wall_time> scheduled;  ///< the slot on the clock this round is for
  wall_time started;
  nanoseconds took{0};
  bool partial = false;  ///< cut short by shutdown
  clock_state clock = clock_state::unknown;

  friend bool operator==(const round_facts&, const round_facts&) = default;
};

struct round {
  round_facts facts;
  std::vector<poll_outcome> outcomes;  ///< one for each node, in configured order
};

}  // namespace edge_rollup::model
