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

TEST_CASE("a key that stands there twice is one mistake, however it might be misread") {
  struct {
    const char *label, *text, *told;
  } const rows[] = {
      {"a header", "cloud: {headers: {x-a: b, x-a: c}}\n",
       "gw.yaml:1:27: 'cloud.headers.x-a' stands here a second time"},
      {"a label", "nodes: [{url: \"http://a\", labels: {site: x, site: y}}]\n",
       "gw.yaml:1:45: 'nodes[].labels.site' stands here a second time"},
      {"what would not go with the first", "poll: {interval: 10s}\npoll: {timeout: 20s}\n",
       "gw.yaml:2:1: 'poll' stands here a second time"},
  };
  for (const auto& [label, text, expected] : rows) {
    const auto told = mistakes_of(text);
    CAPTURE(label, told);
    CHECK(told.starts_with("1 mistake in"));
    CHECK(told.contains(expected));
  }
}
