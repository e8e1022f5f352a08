#include "fleet/refresh_pace.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace edge_rollup;
using namespace std::chrono_literals;

TEST_CASE("failures are tried again sooner, ever later, and at the latest with the next refresh") {
  struct row {
    const char* label;
    model::milliseconds refresh;
    std::uint32_t failures;
    model::milliseconds longest;
  };
  const row rows[] = {{"no failure", 60s, 0, 60s},      {"first", 60s, 1, 5s},
                      {"second", 60s, 2, 10s},          {"fourth", 60s, 4, 40s},
                      {"fifth is capped", 60s, 5, 60s}, {"and all later ones", 60s, 4'000'000'000, 60s},
                      {"a short refresh", 2s, 1, 2s}};
  for (const row& each : rows) {
    INFO(each.label);
    CHECK(fleet::next_refresh(each.refresh, each.failures, 0) == each.longest);
  }
}

TEST_CASE("refreshes are spread over the last tenth") {
  tests::holds_for_all("never late, never more than a tenth early", [](std::uint32_t failures, std::uint64_t chance) {
    const auto longest = fleet::next_refresh(60s, failures, 0);
    const auto wait = fleet::next_refresh(60s, failures, chance);
    return wait <= longest && wait >= longest - longest / 10;
  });
  CHECK(fleet::next_refresh(60s, 0, 6'000) == 54s);
}
