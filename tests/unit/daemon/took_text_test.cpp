#include "daemon/text/took_text.hpp"

#include <catch2/catch_test_macros.hpp>

using edge_rollup::daemon::took_text;

TEST_CASE("how long something took is told in a few digits") {
  const struct {
    double ms;
    const char* text;
  } rows[] = {{0, "0.0 ms"}, {0.42, "0.4 ms"}, {1, "1 ms"}, {12.4, "12 ms"}, {999, "999 ms"}, {1'811, "1.8 s"}};
  for (const auto& row : rows) {
    CAPTURE(row.ms);
    CHECK(took_text(row.ms) == row.text);
  }
}
