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

void poll_queue::slot_given_up(node_record record) noexcept {
  lane& one = lane_of(record);
  EDGE_ROLLUP_INVARIANT(one.slots_held > 0);
  --one.slots_held;
  ++one.given_up;
}

int poll_queue::hurry(node_record record) const noexcept {
  return static_cast<int>(lanes_[static_cast<std::size_t>(record)].given_up / allowed_.slots);
}

void poll_queue::ended(node_record record, slot_hold slot) noexcept {
  EDGE_ROLLUP_INVARIANT(in_flight_ > 0);
  --in_flight_;
  if (slot == slot_hold::given_up) return;
  EDGE_ROLLUP_INVARIANT(lane_of(record).slots_held > 0);
  --lane_of(record).slots_held;
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
