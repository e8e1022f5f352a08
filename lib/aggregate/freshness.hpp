// Whether what a node answered is news: judged by its own last_updated, now and in the round before.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "model/summary.hpp"
#include "model/time.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace edge_rollup::aggregate {

/// A node's clock may be this far ahead of ours before its last_updated means nothing.
inline constexpr model::milliseconds max_clock_lead = std::chrono::minutes{5};

/// unknown where last_updated is absent, not a timestamp, or further ahead than max_clock_lead; else stale where it is
/// older than `max_age`; else unchanged where it equals `previous`; else fresh. `now` is when the round began.
[[nodiscard]] model::freshness judge(const model::summary& summary, model::milliseconds max_age,
                                     std::optional<model::wall_time> previous, model::wall_time now);

/// Operation:   holds the last_updated each node answered last; a value, kept by whoever runs the rounds.
/// Concurrency: one thread. Limits: one entry for each node of the round learned last.
class freshness_memory {
 public:
  /// `url` is a node's normalised URL: what makes it the same node under a new name.
  [[nodiscard]] std::optional<model::wall_time> previous(const std::string& url) const;

  /// Takes in a finished round. A node that gave no answer keeps what is known of it; one not in `nodes` is forgotten.
  void learn(std::span<const model::node> nodes, std::span<const model::poll_outcome> outcomes);

  friend bool operator==(const freshness_memory&, const freshness_memory&) = default;

 private:
  std::unordered_map<std::string, model::wall_time> last_updated_;
};

}  // namespace edge_rollup::aggregate
