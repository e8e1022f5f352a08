// Both questions come from the same two times.
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
  return poll.holds_slot ? std::min(slot_ends(poll), deadline(poll)) : deadline(poll);
}

poll_look look_at(const poll_progress& poll, model::mono_time now) noexcept {
  if (now >= deadline(poll)) return poll_look::time_is_up;
  return poll.holds_slot && now >= slot_ends(poll) ? poll_look::give_slot_up : poll_look::nothing;
}

}  // namespace edge_rollup::poll
