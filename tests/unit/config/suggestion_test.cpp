#include "config/suggestion.hpp"

#include <catch2/catch_test_macros.hpp>

using edge_rollup::config::did_you_mean;

TEST_CASE("the nearest known word is suggested if it is near") {
  const std::vector<std::string> known = {"--interval", "--timeout", "--nodes", "run", "once"};
  CHECK(did_you_mean("--intervall", known) == ", did you mean '--interval'?");
  CHECK(did_you_mean("--time-out", known) == ", did you mean '--timeout'?");
  CHECK(did_you_mean("rnu", known) == ", did you mean 'run'?");
  CHECK(did_you_mean("onec", known) == ", did you mean 'once'?");
  CHECK(did_you_mean("runn", known) == ", did you mean 'run'?");
  CHECK(did_you_mean("completely-else", known).empty());
  CHECK(did_you_mean("x", {}).empty());
}
