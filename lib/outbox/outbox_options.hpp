// How much the outbox keeps, and how much of the disk it leaves alone.
#pragma once

#include "model/time.hpp"

#include <cstdint>
#include <optional>

namespace edge_rollup::outbox {

struct outbox_options {
  std::uint64_t max_bytes = 256ULL * 1024 * 1024;  ///< of the store on disk; dead letters, then the oldest go first
  model::milliseconds max_age = std::chrono::days{30};  ///< older rollups are discarded, and told as lost
  std::optional<std::uint64_t> min_free_disk = {};      ///< bytes left to others; empty: the lesser of 100 MiB and 5 %

  friend bool operator==(const outbox_options&, const outbox_options&) = default;
};

}  // namespace edge_rollup::outbox
