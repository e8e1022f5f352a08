#include "deliver/backoff.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

using namespace edge_rollup;
using namespace std::chrono_literals;
using deliver::full_jitter;

namespace {

constexpr deliver::backoff_range range{1s, 5min};
constexpr std::uint64_t highest = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("the upper end of a backoff doubles from first to max") {
  struct row {
    std::uint32_t failures_before;
    model::milliseconds upper_end;
  };
  for (const auto& [failures_before, upper_end] :
       {row{0, 1s}, row{1, 2s}, row{2, 4s}, row{8, 256s}, row{9, 5min}, row{40, 5min}, row{4'000'000'000, 5min}}) {
    INFO(failures_before << " failures before");
    CHECK(full_jitter(range, failures_before, highest) == upper_end);
    CHECK(full_jitter(range, failures_before, highest / 2) == upper_end / 2);
  }
}

TEST_CASE("no backoff is shorter than the floor") {
  CHECK(full_jitter(range, 5, 0) == deliver::shortest_backoff);
  CHECK(full_jitter({0ms, 0ms}, 5, highest) == deliver::shortest_backoff);
}

TEST_CASE("a backoff stays within its range") {
  tests::holds_for_all("floor <= backoff <= max", [](std::uint32_t failures_before, std::uint64_t random) {
    const auto drawn = full_jitter(range, failures_before, random);
    return drawn >= deliver::shortest_backoff && drawn <= range.max;
  });
}
