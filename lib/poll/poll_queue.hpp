// Whom to ask next in a round, and how many at once. Nodes that failed last time queue apart, with as many slots of
// their own, so that black holes never stand before healthy nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace edge_rollup::poll {

using node_index = std::uint32_t;

enum class node_record { healthy, suspect };

enum class slot_hold { held, given_up };

/// Operation: `add` every node of the round, then `next` until it is empty, again whenever a slot or a descriptor
///            came free. Concurrency: none; a value. Limits:      `slots` polls of either kind that hold a slot;
///            `descriptors` polls in flight of both kinds together.
class poll_queue {
 public:
  struct limits {
    std::size_t slots = 1024;
    std::size_t descriptors = 1024;
  };

  explicit poll_queue(limits allowed) : allowed_(allowed) {}

  void add(node_index node, node_record record);

  /// The node whose poll may start now; it holds a slot and a descriptor from here on.
  [[nodiscard]] std::optional<node_index> next();
  /// A poll in flight was too slow to keep its slot.
  void slot_given_up(node_record record) noexcept;
  /// How often all slots of this kind were given up in the round so far: what new polls have to make up for.
  [[nodiscard]] int hurry(node_record record) const noexcept;
  /// A poll has ended.
  void ended(node_record record, slot_hold slot) noexcept;
  /// Nothing more is started: the nodes that still wait, in no particular order.
  [[nodiscard]] std::vector<node_index> drop_waiting();

  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

 private:
  struct lane {
    std::vector<node_index> waiting;
    std::size_t started = 0;
    std::size_t slots_held = 0;
    std::size_t given_up = 0;
  };

  lane& lane_of(node_record record) noexcept { return lanes_[static_cast<std::size_t>(record)]; }

  limits allowed_;
  lane lanes_[2];
  std::size_t in_flight_ = 0;
};

}  // namespace edge_rollup::poll
