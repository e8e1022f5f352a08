// What a reload says of two configurations.
#include "config/changes.hpp"

#include "support/settings_bench.hpp"
#include "wire/url.hpp"

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

TEST_CASE("what a file says under a flag or a variable is told as being without effect") {
  const auto over = [](const std::string& file, const std::string& node = {}) {
    config::layers all(made_up_machine{}.references());
    all.add_file("gw.yaml", file);
    all.add_variable("EDGE_ROLLUP_POLL__PARALLEL", "7");
    all.add_variable("EDGE_ROLLUP_POLL__RETRIES", "2");
    all.add_set("poll.retries=3");
    all.add_flag("--interval", "poll.interval", "1h");
    config::request asked;
    if (!node.empty()) asked.named.fixed.emplace_back().url = *wire::parse_node_url(node);
    auto made = config::make_config(all, std::move(asked));
    REQUIRE(made);
    return std::move(*made);
  };
  struct row {
    const char* label;
    std::string before;
    std::string after;
    std::vector<std::string> told;
    const char* node = "";
  };
  const std::vector<row> rows = {
      {"nothing", minimal, minimal, {}},
      {"under a flag",
       minimal,
       minimal + "poll: {interval: 2h}\n",
       {"poll.interval: 5m -> 2h, without effect: --interval goes before the file"}},
      {"what the flag says, too",
       minimal + "poll: {interval: 2h}\n",
       minimal + "poll: {interval: 1h}\n",
       {"poll.interval: 2h -> 1h, without effect: --interval goes before the file"}},
      {"under a variable",
       minimal + "poll: {parallel: 5}\n",
       minimal,
       {"poll.parallel: 5 -> 1024, without effect: EDGE_ROLLUP_POLL__PARALLEL goes before the file"}},
      {"under both",
       minimal,
       minimal + "poll: {retries: 4}\n",
       {"poll.retries: 1 -> 4, without effect: --set poll.retries goes before the file"}},
      {"nodes and lists under nodes of the command line",
       minimal,
       "cloud: {url: http://127.0.0.1:9/x}\nnodes: [http://10.0.0.7:8080]\nnode_files: [/srv/nodes.json]\n",
       {"nodes: changed, without effect: the command line goes before the file",
        "node_files: [] -> [/srv/nodes.json], without effect: the command line goes before the file"},
       "http://10.0.0.6"},
  };
  for (const auto& [label, before, after, told, node] : rows) {
    CAPTURE(label);
    const auto was = over(before, node);
    const auto is = over(after, node);
    CHECK(config::changes_between(was.values, is.values).empty());
    std::vector<std::string> lines;
    for (const auto& one : config::changes_between(was.held, is.held)) lines.push_back(config::in_words(one));
    CHECK(lines == told);
  }
}

TEST_CASE("a section is touched by any of its keys") {
  const auto changes = changes_between(minimal, minimal + "poll: {interval: 60s}\n");
  CHECK(config::touches(changes, "poll."));
  CHECK_FALSE(config::touches(changes, "cloud."));
}
