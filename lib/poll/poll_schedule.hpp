// When rounds begin: on the slots of the wall clock (every `interval` since 1970-01-01T00:00Z), counted by the
// monotonic clock, so that steps of the wall clock, suspends and late ticks never make two rounds out of one.
#pragma once

#include "model/round.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <optional>

namespace edge_rollup::poll {

/// Operation:   `begin_round` when a round starts, `end_round` when it is over; between the two nothing else is due.
///              The time of the next round is `next_start`. What else keeps it waiting, as a round out of turn does,
///              ends with `skip_passed`.
/// Concurrency: none; a value.
class poll_schedule {
 public:
  struct start {
    model::round_trigger trigger = model::round_trigger::timer;
    std::optional<model::wall_time> scheduled;  ///< the slot, for timer rounds

    friend bool operator==(const start&, const start&) = default;
  };

  /// The first round is due at once. An interval of zero runs rounds back to back, without slots.
  explicit poll_schedule(model::milliseconds interval) : interval_(interval) {}

  /// Monotonic time of the next round; in the past or now means at once.
  [[nodiscard]] model::mono_time next_start() const noexcept { return next_start_; }

  /// The slot of that round, on the wall clock as it stood when the round was planned. Empty where it is due at once.
  [[nodiscard]] std::optional<model::wall_time> next_slot() const noexcept;

  /// The round that is due begins.
  [[nodiscard]] start begin_round(model::mono_time now, model::wall_time wall);

  /// The round is over; plans the next one. Returns how many slots passed meanwhile: they are skipped for good.
  [[nodiscard]] std::uint64_t end_round(model::mono_time now, model::wall_time wall);

  /// Slots that have passed without a round are skipped; returns how many. It moves none.
  [[nodiscard]] std::uint64_t skip_passed(model::mono_time now);

  /// From now on, between two rounds, slots are those of another interval.
  void change_interval(model::milliseconds interval, model::mono_time now, model::wall_time wall);

 private:
  void plan_next_slot(model::mono_time now, model::wall_time wall);
  [[nodiscard]] model::wall_time slot_after(model::wall_time time) const;
  [[nodiscard]] static model::wall_time on_wall(model::mono_time then, model::mono_time now, model::wall_time wall);
  [[nodiscard]] model::wall_time nearest_slot(model::wall_time wall) const;

  model::milliseconds interval_;
  model::mono_time next_start_{};  ///< long ago: the first round is due at once
  model::mono_time began_{};
  model::mono_time due_{};  ///< when the round should have begun
  bool first_ = true;
  model::wall_time slot_;  ///< of the round that is planned, once the first is over
};

}  // namespace edge_rollup::poll
