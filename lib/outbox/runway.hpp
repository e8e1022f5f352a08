// How long the outbox can take rollups without a delivery before the oldest have to go. Pure.
#pragma once

#include "model/time.hpp"
#include "outbox/entry.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace edge_rollup::outbox {

inline constexpr std::uint64_t empty_store_bytes = 64 * 1024;  ///< of a store without rollups, at most
inline constexpr std::uint64_t row_bytes = 160;                ///< what it keeps of a rollup beside its body, about

/// What a rollup takes of the disk: as much as those that are stored do, and no less than the newest body.
[[nodiscard]] inline std::uint64_t bytes_a_rollup(const overview& store) {
  const auto rollups = std::max<std::uint64_t>(store.pending + store.dead, 1);
  const auto measured = (store.file_bytes - std::min(store.file_bytes, empty_store_bytes)) / rollups;
  return std::max(measured, store.newest_bytes + row_bytes);
}

/// Whichever ends first: the age that the oldest may reach (the whole of it where none waits), or the room that the
/// store's limit and the disk leave, with one rollup each `interval`. Empty where there is no limit, no rollup yet or
/// no interval to reckon with.
[[nodiscard]] inline std::optional<model::seconds> runway(const overview& store, model::milliseconds interval) {
  if (store.limit_bytes == 0 || store.newest_bytes == 0 || interval <= interval.zero()) return std::nullopt;
  const auto limit_room = store.limit_bytes - std::min(store.limit_bytes, store.file_bytes);
  const auto room = std::min(limit_room, store.disk_room.value_or(std::numeric_limits<std::uint64_t>::max()));
  const auto until_full = interval * static_cast<std::int64_t>(room / bytes_a_rollup(store));
  const auto until_old = std::max(store.max_age - store.oldest_age, model::milliseconds::zero());
  const bool ages = store.max_age > model::milliseconds::zero();
  return std::chrono::floor<model::seconds>(ages ? std::min(until_full, until_old) : until_full);
}

}  // namespace edge_rollup::outbox
