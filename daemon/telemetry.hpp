// What the results of the stages change in the metrics. The only place that fills them.
#pragma once

#include "deliver/delivery_policy.hpp"
#include "deliver/delivery_try.hpp"
#include "fleet/node_lists.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "observe/metrics.hpp"
#include "outbox/entry.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace edge_rollup::daemon {

/// Concurrency: loop thread only, like the registry it fills.
class telemetry {
 public:
  /// `registry` must outlive the object.
  explicit telemetry(observe::metrics& registry);

  /// A round has ended; `received_bytes` and `skipped` count since the start of the process.
  void round_ended(const model::rollup& made, std::span<const model::poll_outcome> outcomes, model::wall_time now,
                   std::uint64_t received_bytes);
  /// So many slots of the clock have passed while a round ran.
  void rounds_skipped(std::uint64_t slots);
  void try_ended(const deliver::delivery_try& ended, const deliver::delivery_state& state, model::wall_time now);
  /// Settings were read at `now`; those in effect are the new ones, or still those of before.
  void settings_taken(model::wall_time now);
  void settings_refused();
  /// The lists of nodes were looked at.
  void lists_read(const fleet::fleet_news& news, model::wall_time now);
  void outbox_changed(const outbox::overview& store);
  /// How often a rollup is made, for the runway of the outbox.
  void rounds_come_every(model::milliseconds interval) noexcept { interval_ = interval; }

 private:
  static constexpr std::size_t poll_outcomes = 1 + model::failure_kind_names.size();  // ok, then the kinds of failure

  observe::metrics& registry_;
  std::array<observe::counter*, poll_outcomes> polls_{};
  observe::histogram& poll_seconds_;
  observe::histogram& round_seconds_;
  observe::histogram& delivery_seconds_;
  model::milliseconds interval_{0};
};

}  // namespace edge_rollup::daemon
