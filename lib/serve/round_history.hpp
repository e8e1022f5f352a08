// The last hour and the last day of rounds in slots of fixed length, for charts.
#pragma once

#include "model/rollup.hpp"
#include "model/time.hpp"
#include "serve/poll_mark.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::serve {

/// What came of the rounds that ended in a slot.
struct history_slot {
  std::int64_t number = -1;  ///< of all slots of this length since the clock's own beginning; -1: never used
  std::uint32_t rounds = 0;
  std::uint32_t rated_rounds = 0;  ///< in which a node was ok
  double records = 0;              ///< of all its rounds together, as is ...
  double quality = 0;              ///< ... the mean over the ok nodes
  std::optional<float> quality_min;
  std::optional<float> quality_max;
  poll_time_spread poll_times;  ///< the longest
  std::uint32_t ok = 0;         ///< of the last round, as is ...
  std::uint32_t failed = 0;
  std::optional<std::uint64_t> waiting;  ///< rollups for the cloud, at most
};

/// Operation:   slots follow the monotonic clock, so that a step of the wall clock empties none; the wall clock labels
///              them when they are told.
/// Concurrency: a value.
/// Limits:      `hour_slots` and `day_slots`, which take `bytes` from the beginning.
class round_history {
 public:
  static constexpr std::size_t hour_slots = 360;  ///< of 10 s
  static constexpr std::size_t day_slots = 288;   ///< of 300 s
  static constexpr std::size_t bytes = (hour_slots + day_slots) * sizeof(history_slot);
  enum class range { hour, day };

  void round_ended(const model::rollup& made, poll_time_spread poll_times, model::mono_time now);
  /// So many rollups wait for the cloud.
  void outbox_seen(std::uint64_t waiting, model::mono_time now);

  /// Arrays of one length, from the first slot that is known to that of `now`; null where nothing is known.
  [[nodiscard]] std::string to_json(range wanted, model::mono_time now, model::wall_time wall_now) const;

 private:
  struct ring {
    model::seconds step;
    std::vector<history_slot> slots;

    [[nodiscard]] std::int64_t number_at(model::mono_time when) const noexcept;
    [[nodiscard]] history_slot& at(model::mono_time now);
    /// From the first that is known to that of `now`; those of which nothing is known are empty.
    [[nodiscard]] std::vector<history_slot> until(model::mono_time now) const;
  };

  ring hour_{model::seconds(10), std::vector<history_slot>(hour_slots)};
  ring day_{model::seconds(300), std::vector<history_slot>(day_slots)};
};

}  // namespace edge_rollup::serve
