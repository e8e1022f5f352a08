// Chance from one printed seed, so that a failed run can be repeated.
#pragma once

#include "runtime/entropy.hpp"

#include <random>

namespace edge_rollup::tests {

class seeded_entropy final : public runtime::entropy {
 public:
  explicit seeded_entropy(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace edge_rollup::tests
