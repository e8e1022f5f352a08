// What a reload says of two configurations.
#include "config/changes.hpp"

#include "support/settings_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;
using config::effect;
using tests::made_up_machine;

namespace {

const std::string minimal = "nodes: [http://10.0.0.5:8080]\ncloud: {url: http://127.0.0.1:9/x}\n";

std::vector<config::change> changes_between(const std::string& before, const std::string& after,
                                            const made_up_machine& machine = {}, const made_up_machine& later = {}) {
  const auto was = tests::config_of(before, machine);
  const auto is = tests::config_of(after, later);
  REQUIRE(was);
  REQUIRE(is);
  return config::changes_between(was->values, is->values);
}

}  // namespace

TEST_CASE("a reload tells of each key that has changed, by its value before and after") {
  struct row {
    const char* label;
    std::string before;
    std::string after;
    std::vector<std::string> told;
  };
  const std::string nodes = "nodes: [http://10.0.0.5:8080]\n";
  const std::vector<row> rows = {
      {"nothing", minimal, minimal, {}},
      {"a comment and another place", minimal, "# new\n" + minimal, {}},
      {"a default that is written out", minimal, minimal + "poll: {interval: 300s}\n", {}},
      {"the same in another unit", minimal + "poll: {interval: 300s}\n", minimal + "poll: {interval: 5m}\n", {}},
      {"one value", minimal, minimal + "poll: {interval: 60s}\n", {"poll.interval: 5m -> 1m"}},
      {"back to the default", minimal + "shutdown_grace: 1m\n", minimal, {"shutdown_grace: 1m -> 10s"}},
      {"what is derived from another key",
       minimal,
       minimal + "poll: {interval: 2s}\n",
       {"poll.interval: 5m -> 2s", "poll.timeout: 5s -> 2s"}},
      {"the address of the cloud",
       minimal,
       nodes + "cloud: {url: http://127.0.0.1:9/y}\n",
       {"cloud.url: http://127.0.0.1:9/x -> http://127.0.0.1:9/y"}},
      {"nodes, which are compared one by one",
       minimal,
       "nodes: [http://10.0.0.6:8080]\ncloud: {url: http://127.0.0.1:9/x}\n",
       {}},
      {"what needs a restart",
       minimal,
       minimal + "state_dir: /tmp/x\n",
       {"state_dir: null -> /tmp/x, after a restart"}},
      {"the name of the box", minimal, minimal + "gateway: box-2\n", {"gateway: null -> box-2"}},
  };
  for (const auto& [label, before, after, told] : rows) {
    CAPTURE(label);
    std::vector<std::string> lines;
    for (const auto& one : changes_between(before, after)) lines.push_back(config::in_words(one));
    CHECK(lines == told);
  }
}

TEST_CASE("a changed secret is told without either of its texts") {
  const made_up_machine before{{{"TOKEN", "old-word"}}, {}};
  const made_up_machine after{{{"TOKEN", "new-word"}}, {}};
  const auto file = [](const std::string& auth) {
    return "nodes: [http://10.0.0.5:8080]\ncloud: {url: http://127.0.0.1:9/x, auth: {bearer_token: " + auth + "}}\n";
  };
  const auto told = [](const std::vector<config::change>& changes) {
    REQUIRE(changes.size() == 1);
    return config::in_words(changes.front());
  };
  CHECK(told(changes_between(file("\"${env:TOKEN}\""), file("\"${env:TOKEN}\""), before, after)) ==
        "cloud.auth.bearer_token: changed");
  const auto added = told(changes_between(minimal, file("\"${env:TOKEN}\""), before, after));
  CHECK(added == "cloud.auth.bearer_token: null -> \"***\"");
  CHECK(changes_between(file("\"${env:TOKEN}\""), file("\"${env:TOKEN}\""), before, before).empty());
}

TEST_CASE("a section is touched by any of its keys") {
  const auto changes = changes_between(minimal, minimal + "poll: {interval: 60s}\n");
  CHECK(config::touches(changes, "poll."));
  CHECK_FALSE(config::touches(changes, "cloud."));
}
