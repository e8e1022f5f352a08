// One rollup offered once, and what came of it.
#pragma once

#include "deliver/answer.hpp"
#include "deliver/verdict.hpp"

#include <cstdint>
#include <string>

namespace edge_rollup::deliver {

struct delivery_try {
  std::uint64_t sequence = 0;
  answer came;
  judgement judged;
  std::string id = {};  ///< of the rollup, its idempotency key

  friend bool operator==(const delivery_try&, const delivery_try&) = default;
};

}  // namespace edge_rollup::deliver
