#include "edge-stub/summary_walk.hpp"
#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

namespace edge_rollup::stub {
namespace {

std::vector<summary_values> first_values(std::uint64_t seed) {
  summary_walk walk(1'000, 0.95, seed);
  std::vector<summary_values> values(20);
  for (auto& value : values) value = walk.next();
  return values;
}

TEST_CASE("a stub node's numbers repeat by seed and differ between seeds") {
  CHECK(first_values(7) == first_values(7));
  CHECK(first_values(7) != first_values(8));
}

TEST_CASE("a stub node's numbers move in small steps and stay near their home") {
  tests::holds_for_all("steps are small, values in range", [](std::uint64_t seed, std::uint32_t records) {
    const double home = records;
    summary_walk walk(records, 0.95, seed);
    summary_values last = walk.next();
    for (int step = 0; step < 100; ++step) {
      const auto now = walk.next();
      const double count = static_cast<double>(now.record_count);
      RC_ASSERT(count >= std::floor(home / 2) && count <= home * 2);
      RC_ASSERT(std::abs(count - static_cast<double>(last.record_count)) <= 0.2 * home + 1);
      RC_ASSERT(now.quality_score >= 0.0 && now.quality_score <= 1.0);
      RC_ASSERT(std::abs(now.quality_score - last.quality_score) < 0.05);
      last = now;
    }
  });
}

TEST_CASE("a stub node's numbers do not stand still") {
  const auto values = first_values(1);
  CHECK(values.front() != values.back());
}

}  // namespace
}  // namespace edge_rollup::stub
