// What a node answered, checked against the rules of a node summary.
#pragma once

#include "model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::model {

struct summary {
  std::uint64_t record_count = 0;
  double quality_score = 0.0;                ///< 0..1, finite
  std::optional<std::string> last_updated;   ///< as it came, at most 64 bytes
  std::optional<wall_time> last_updated_at;  ///< its meaning, where it has one

  friend bool operator==(const summary&, const summary&) = default;
};

}  // namespace edge_rollup::model
