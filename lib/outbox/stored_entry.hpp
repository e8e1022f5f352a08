// What stands with a stored rollup, its body left out: what an operator is shown.
#pragma once

#include "model/time.hpp"
#include "outbox/entry.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::outbox {

struct stored_entry {
  entry progress;
  std::string id;  ///< UUIDv7
  model::wall_time stored_at;
  std::uint64_t body_bytes = 0;            ///< as it is sent, uncompressed
  std::uint64_t stored_bytes = 0;          ///< as it stands on disk
  std::optional<last_answer> answer = {};  ///< empty where it was never offered in vain
};

}  // namespace edge_rollup::outbox
