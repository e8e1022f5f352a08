// How long the outbox can take rollups without a delivery before the oldest have to go. Pure.
#pragma once

#include "model/time.hpp"
#include "outbox/entry.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace edge_rollup::outbox {

/// With rollups as large as the newest, one each `interval`. Empty where there is no limit, no rollup yet or no
/// interval to reckon with.
[[nodiscard]] inline std::optional<model::seconds> runway(const overview& store, model::milliseconds interval) {
  if (store.limit_bytes == 0 || store.newest_bytes == 0 || interval <= interval.zero()) return std::nullopt;
  const auto room = store.limit_bytes - std::min(store.limit_bytes, store.file_bytes);
  const auto rollups = static_cast<std::int64_t>(room / store.newest_bytes);
  return std::chrono::floor<model::seconds>(interval * rollups);
}

}  // namespace edge_rollup::outbox
