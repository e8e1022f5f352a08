// What the log says about nodes and rounds: changes, not repetitions, and a bounded number of lines.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "observe/log_entry.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace edge_rollup::observe {

inline constexpr std::size_t node_lines_per_round = 20;

/// Remembers who failed last time. A value: a copy goes on by itself.
/// Operation: `lines_of_round` takes the nodes of a round and their outcomes in the same order, and gives a line for
///            each node that began to fail, fails in another way, or is ok again, or whose clock runs so far ahead that
///            its data are of unknown age. Polls that did not happen (skipped, cancelled) change nothing. Nodes that
///            are no longer in the list are forgotten.
/// Limits:    `node_lines_per_round` lines, then one with the number of the others.
class node_report {
 public:
  /// `freshness` stands for the ok nodes among `outcomes`.
  [[nodiscard]] std::vector<log_entry> lines_of_round(std::span<const model::node> nodes,
                                                      std::span<const model::poll_outcome> outcomes,
                                                      std::span<const model::freshness> freshness);

 private:
  struct trouble {
    model::failure_kind kind = model::failure_kind::connect;
    std::uint64_t rounds = 0;  // failed in a row
  };
  std::unordered_map<std::string, trouble> troubles_;  // by node URL
  std::unordered_set<std::string> clocks_ahead_;       // likewise
};

/// The one line that sums a round up: "round 12: 4 of 5 nodes ok, 8 064 records, quality 0.968, 14 ms". A warning when
/// nodes were asked and none was ok. `number` counts the rounds of this process from 1.
[[nodiscard]] log_entry round_line(std::uint64_t number, const model::rollup& made);

}  // namespace edge_rollup::observe
