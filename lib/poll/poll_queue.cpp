// Healthy nodes come first where descriptors are short: a suspect may hold one for its whole timeout.
#include "poll/poll_queue.hpp"

#include "model/invariant.hpp"

namespace edge_rollup::poll {

void poll_queue::add(node_index node, node_record record) {
  lane_of(record).waiting.push_back(node);
}

std::optional<node_index> poll_queue::next() {
  if (in_flight_ >= allowed_.descriptors) return std::nullopt;
  for (lane& each : lanes_) {
    if (each.started == each.waiting.size() || each.slots_held >= allowed_.slots) continue;
    ++each.slots_held;
    ++in_flight_;
    return each.waiting[each.started++];
  }
  return std::nullopt;
}

void poll_queue::slot_freed(node_record record) noexcept {
  EDGE_ROLLUP_INVARIANT(lane_of(record).slots_held > 0);
  --lane_of(record).slots_held;
}

void poll_queue::ended(node_record record, slot_hold slot) noexcept {
  EDGE_ROLLUP_INVARIANT(in_flight_ > 0);
  --in_flight_;
  if (slot == slot_hold::held) slot_freed(record);
}

std::vector<node_index> poll_queue::drop_waiting() {
  std::vector<node_index> dropped;
  for (lane& each : lanes_) {
    dropped.insert(dropped.end(), each.waiting.begin() + static_cast<std::ptrdiff_t>(each.started), each.waiting.end());
    each.waiting.resize(each.started);
  }
  return dropped;
}

}  // namespace edge_rollup::poll
