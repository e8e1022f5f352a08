// When a poll in flight needs a look, and what follows from it: a silent node gives its slot to the next one long
// before its time is up, and a slow one cannot keep a slot for ever.
#pragma once

#include "model/time.hpp"

#include <optional>

namespace edge_rollup::poll {

/// A poll without a byte for this part of its timeout gives its slot up.
inline constexpr int silent_part = 8;
/// So does one that has held its slot for this part of its timeout, byte by byte or not: otherwise a few nodes that
/// drip would hold up a round whose `parallel` is small.
inline constexpr int slow_part = 4;

/// Each time that all slots of a round were given up halves both parts for the polls that follow, so often at the most:
/// however many nodes are silent and however few slots there are, a round takes about one timeout.
inline constexpr int most_hurry = 6;

struct poll_progress {
  model::mono_time started;
  model::mono_time last_byte;  ///< the start, before any byte
  model::milliseconds timeout{5'000};
  bool holds_slot = true;
  int hurry = 0;  ///< halvings, see most_hurry
  /// When to turn to the next address of the node unless the connection has come about; empty at the last one.
  std::optional<model::mono_time> connect_by = {};
};

enum class poll_look { nothing, give_slot_up, next_address, time_is_up };

/// When to look at the poll next, unless it ends before.
[[nodiscard]] model::mono_time next_look(const poll_progress& poll) noexcept;

/// What to do with it now.
[[nodiscard]] poll_look look_at(const poll_progress& poll, model::mono_time now) noexcept;

}  // namespace edge_rollup::poll
