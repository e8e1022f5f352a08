// The real source of chance: the kernel's.
#pragma once

#include "runtime/entropy.hpp"

namespace edge_rollup::runtime {

class system_entropy final : public entropy {
 public:
  [[nodiscard]] std::uint64_t next() override;
};

}  // namespace edge_rollup::runtime
