// What the log says about the ground under the daemon: the clock it labels rollups with, and rollups that the outbox
// had to give up. Changes, not repetitions.
#pragma once

#include "model/rollup.hpp"
#include "model/time.hpp"
#include "observe/log_entry.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace edge_rollup::observe {

/// Discarded unsent so far, in the order of model::loss_reason.
using discarded_counts = std::array<std::uint64_t, 5>;

/// Concurrency: a value.
class upkeep_report {
 public:
  /// A line where the clock is no longer, or again, kept by somebody. `unknown` changes nothing.
  [[nodiscard]] std::optional<log_entry> line_of(model::clock_state clock);
  /// A line for each reason for which there are more than the last time. What an operator dropped is known to him.
  [[nodiscard]] std::vector<log_entry> lines_of(const discarded_counts& discarded);

 private:
  model::clock_state clock_ = model::clock_state::synchronized;
  discarded_counts discarded_{};
};

}  // namespace edge_rollup::observe
