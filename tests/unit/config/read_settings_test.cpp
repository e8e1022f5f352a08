#include "config/read_settings.hpp"

#include "support/settings_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using tests::mistakes_of;

TEST_CASE("what is wrong below a key that stands there twice is told with all else, and none of it counts") {
  const auto told = mistakes_of(
      "poll: {timeout: 5s}\npoll: {interval: soon, timeuot: 1s}\nother: 1\nother: 2\n"
      "nodes: [{url: \"http://a\", labels: {site: x, site: [y]}}]\n");
  CAPTURE(told);
  for (const auto* words :
       {"2:1: 'poll' stands here a second time", "2:18: poll.interval: 'soon' is not a duration",
        "2:24: unknown key 'poll.timeuot'", "3:1: unknown key 'other'", "4:1: 'other' stands here a second time",
        "5:45: 'nodes[].labels.site' stands here", "5:51: nodes[].labels.site: this is no single text"}) {
    CHECK(told.contains(std::string("gw.yaml:") + words));
  }
  CHECK(told.starts_with("7 mistakes"));
}
