// The seam between the daemon and chance: a test gives a seeded source and can repeat what it saw.
#pragma once

#include <cstdint>

namespace edge_rollup::runtime {

class entropy {
 public:
  virtual ~entropy() = default;
  /// 64 uniformly distributed bits.
  [[nodiscard]] virtual std::uint64_t next() = 0;
};

}  // namespace edge_rollup::runtime
