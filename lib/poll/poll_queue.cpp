// Healthy nodes come first where descriptors are short: a suspect may hold one for its whole timeout. A node whose
// server is busy is put aside there, so that no look at the queue passes over it again, until a poll of that server has
// ended.
#include "poll/poll_queue.hpp"

#include "model/invariant.hpp"

namespace edge_rollup::poll {

void poll_queue::add(const poll_ticket& ticket) {
  lane_of(ticket.record).waiting.push_back(ticket);
  if (ticket.server != no_shared_server && ticket.server >= servers_.size()) servers_.resize(ticket.server + 1);
}

std::optional<poll_ticket> poll_queue::next() {
  if (in_flight_ >= allowed_.descriptors) return std::nullopt;
  for (lane& each : lanes_) {
    if (each.slots_held >= allowed_.slots) continue;
    while (const auto ticket = take(each)) {
      if (is_put_aside(*ticket)) continue;
      ++each.slots_held;
      ++in_flight_;
      return ticket;
    }
  }
  return std::nullopt;
}

std::optional<poll_ticket> poll_queue::take(lane& from) {
  if (!from.recalled.empty()) {
    const auto ticket = from.recalled.back();
    from.recalled.pop_back();
    return ticket;
  }
  if (from.taken == from.waiting.size()) return std::nullopt;
  return from.waiting[from.taken++];
}

bool poll_queue::is_put_aside(const poll_ticket& ticket) {
  if (ticket.server == no_shared_server) return false;
  server& asked = servers_[ticket.server];
  const auto most = ticket.server < first_shared_server ? most_tls_handshakes : most_at_one_server;
  if (asked.asked >= most) {
    asked.aside.push_back(ticket);
    return true;
  }
  ++asked.asked;
  return false;
}

void poll_queue::release_slot(const poll_ticket& ticket) {
  lane& one = lane_of(ticket.record);
  EDGE_ROLLUP_INVARIANT(one.slots_held > 0);
  --one.slots_held;
  if (ticket.server == no_shared_server) return;
  server& asked = servers_[ticket.server];
  EDGE_ROLLUP_INVARIANT(asked.asked > 0);
  --asked.asked;
  if (asked.aside.empty()) return;
  const auto recalled = asked.aside.back();
  asked.aside.pop_back();
  lane_of(recalled.record).recalled.push_back(recalled);
}

void poll_queue::slot_given_up(const poll_ticket& ticket) {
  release_slot(ticket);
  ++lane_of(ticket.record).given_up;
}

int poll_queue::hurry(node_record record) const noexcept {
  return static_cast<int>(lanes_[static_cast<std::size_t>(record)].given_up / allowed_.slots);
}

void poll_queue::ended(const poll_ticket& ticket, slot_hold slot) {
  EDGE_ROLLUP_INVARIANT(in_flight_ > 0);
  --in_flight_;
  if (slot == slot_hold::held) release_slot(ticket);
}

std::vector<node_index> poll_queue::drop_waiting() {
  std::vector<node_index> dropped;
  const auto drop = [&dropped](std::vector<poll_ticket>& tickets) {
    for (const poll_ticket& each : tickets) dropped.push_back(each.node);
    tickets.clear();
  };
  for (lane& each : lanes_) {
    each.waiting.erase(each.waiting.begin(), each.waiting.begin() + static_cast<std::ptrdiff_t>(each.taken));
    each.taken = 0;
    drop(each.waiting);
    drop(each.recalled);
  }
  for (server& each : servers_) drop(each.aside);
  return dropped;
}

}  // namespace edge_rollup::poll
