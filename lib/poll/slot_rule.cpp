// Both questions come from the same times.
#include "poll/slot_rule.hpp"

#include <algorithm>

namespace edge_rollup::poll {
namespace {

model::mono_time slot_ends(const poll_progress& poll) noexcept {
  const int shorter = 1 << std::min(poll.hurry, most_hurry);
  return std::min(poll.last_byte + poll.timeout / silent_part / shorter,
                  poll.started + poll.timeout / slow_part / shorter);
}

model::mono_time deadline(const poll_progress& poll) noexcept {
  return poll.started + poll.timeout;
}

}  // namespace

model::mono_time next_look(const poll_progress& poll) noexcept {
  const auto next = std::min(deadline(poll), poll.connect_by.value_or(deadline(poll)));
  return poll.holds_slot ? std::min(next, slot_ends(poll)) : next;
}

poll_look look_at(const poll_progress& poll, model::mono_time now) noexcept {
  if (now >= deadline(poll)) return poll_look::time_is_up;
  if (poll.connect_by && now >= *poll.connect_by) return poll_look::next_address;
  return poll.holds_slot && now >= slot_ends(poll) ? poll_look::give_slot_up : poll_look::nothing;
}

}  // namespace edge_rollup::poll
