#include "deliver/spread.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <map>
#include <optional>

using namespace edge_rollup;
using namespace std::chrono_literals;
using deliver::spread_offset;

TEST_CASE("the longest wait is a tenth of the interval up to 30 s, and none below 60 s, unless it is set") {
  struct row {
    model::milliseconds interval;
    std::optional<model::milliseconds> longest;
    model::milliseconds expected;
  };
  for (const auto& [interval, longest, expected] :
       {row{59'999ms, {}, 0ms}, row{60s, {}, 6s}, row{300s, {}, 30s}, row{1h, {}, 30s}, row{0ms, {}, 0ms},
        row{1s, 500ms, 500ms}, row{300s, 0ms, 0ms}}) {
    CAPTURE(interval.count(), expected.count());
    model::milliseconds most{0};
    for (int gateway = 0; gateway < 2'000; ++gateway) {
      most = std::max(most, spread_offset(fmt::format("stream {}", gateway), longest, interval));
    }
    CHECK(most <= expected);
    CHECK(most >= expected * 95 / 100);
  }
}

TEST_CASE("a gateway always has the same offset") {
  const auto* const stream = "5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55";
  CHECK(spread_offset(stream, {}, 300s) == spread_offset(stream, {}, 300s));
  CHECK(spread_offset(stream, {}, 300s) == 9'548ms);  // in this version as in every other
}

TEST_CASE("gateways are spread evenly") {
  std::map<long, int> in_second;
  for (int gateway = 0; gateway < 30'000; ++gateway) {
    ++in_second[spread_offset(fmt::format("gateway-{}", gateway), {}, 300s) / 1s];
  }
  for (long second = 0; second < 30; ++second) {
    CAPTURE(second);
    CHECK(in_second[second] > 800);
    CHECK(in_second[second] < 1'200);
  }
}
