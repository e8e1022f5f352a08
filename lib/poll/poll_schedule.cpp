// The next slot is looked up on the wall clock as it stands when a round ends; the wait until then is monotonic. Two
// starts are never closer than half an interval: a clock that is set back a little, right after its slot has fired,
// would otherwise meet the same slot again.
#include "poll/poll_schedule.hpp"

#include <utility>

namespace edge_rollup::poll {

using model::milliseconds;

model::wall_time poll_schedule::nearest_slot(model::wall_time wall) const {
  return model::wall_time{(wall.time_since_epoch() + interval_ / 2) / interval_ * interval_};
}

std::optional<model::wall_time> poll_schedule::next_slot() const noexcept {
  if (first_ || interval_ == milliseconds::zero()) return std::nullopt;
  return slot_;
}

poll_schedule::start poll_schedule::begin_round(model::mono_time now, model::wall_time wall) {
  began_ = now;
  due_ = first_ ? now : next_start_;
  if (first_) return {model::round_trigger::start, std::nullopt};
  if (interval_ == milliseconds::zero()) return {model::round_trigger::timer, std::nullopt};
  const auto late = std::chrono::floor<milliseconds>(now - next_start_);
  const auto stepped = wall - slot_ - late;
  const bool clock_kept = std::chrono::abs(stepped) < interval_ / 2;
  return {model::round_trigger::timer, clock_kept ? slot_ : nearest_slot(wall)};
}

std::uint64_t poll_schedule::end_round(model::mono_time now, model::wall_time wall) {
  const bool was_first = std::exchange(first_, false);
  if (interval_ == milliseconds::zero()) {
    next_start_ = now;
    return 0;
  }
  plan_next_slot(now, wall);
  // The first round starts anywhere, so the slot after it may be near.
  if (!was_first && slot_ - on_wall(began_, now, wall) < interval_ / 2) {
    slot_ += interval_;
    next_start_ += interval_;
  }
  const auto first_missed =
      was_first ? slot_after(on_wall(began_, now, wall)) : nearest_slot(on_wall(due_, now, wall)) + interval_;
  return slot_ > first_missed ? static_cast<std::uint64_t>((slot_ - first_missed) / interval_) : 0;
}

std::uint64_t poll_schedule::skip_passed(model::mono_time now) {
  if (first_ || interval_ == milliseconds::zero() || now < next_start_) return 0;
  const auto passed = 1 + (now - next_start_) / interval_;
  next_start_ += passed * interval_;
  slot_ += passed * interval_;
  return static_cast<std::uint64_t>(passed);
}

void poll_schedule::change_interval(milliseconds interval, model::mono_time now, model::wall_time wall) {
  if (std::exchange(interval_, interval) == interval || first_) return;
  if (interval_ == milliseconds::zero()) {
    next_start_ = now;
  } else {
    plan_next_slot(now, wall);
  }
}

void poll_schedule::plan_next_slot(model::mono_time now, model::wall_time wall) {
  slot_ = slot_after(wall);
  next_start_ = now + (slot_ - wall);
}

model::wall_time poll_schedule::slot_after(model::wall_time time) const {
  return model::wall_time{(time.time_since_epoch() / interval_ + 1) * interval_};
}

/// A time of this round on the wall clock as it stands now: what happened before a step is moved along with it.
model::wall_time poll_schedule::on_wall(model::mono_time then, model::mono_time now, model::wall_time wall) {
  return wall - std::chrono::floor<milliseconds>(now - then);
}

}  // namespace edge_rollup::poll
