// The table of keys against everything that is made of it.
#include "config/key_table.hpp"

#include "config/schema.hpp"
#include "config/show.hpp"
#include "support/settings_bench.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <regex>
#include <set>
#include <string>

using namespace edge_rollup;
using tests::config_of;

namespace {

std::string show(config::layers& all) {
  config::request asked;
  asked.for_what = config::purpose::show;
  const auto made = config::make_config(all, std::move(asked));
  if (!made) FAIL(made.error().text);
  return config::effective_text(all.effective());
}

std::string without_comments(const std::string& text) {
  return std::regex_replace(text, std::regex(" +# [^\n]*"), "");
}

}  // namespace

TEST_CASE("every key has help, a default and a name of its own in the environment") {
  std::set<std::string> names;
  for (const auto& key : config::keys()) {
    INFO(key.name);
    CHECK_FALSE(key.help.empty());
    CHECK_FALSE(key.standard.empty());
    CHECK(names.insert(config::environment_name(key.name)).second);
    CHECK(config::find_key(config::keys(), key.name) == &key);
  }
  CHECK(config::environment_name("cloud.retry.retry_after_max") == "EDGE_ROLLUP_CLOUD__RETRY__RETRY_AFTER_MAX");
}

TEST_CASE("the default of every key is taken from a file, a variable and a flag") {
  for (const auto& key : config::keys()) {
    INFO(key.name);
    const tests::made_up_machine machine;
    config::layers all(machine.references());
    all.add_variable(config::environment_name(key.name), std::string(key.standard));
    all.add_set(std::string(key.name) + "=" + std::string(key.standard));
    CHECK(all.wrong().count() == 0);
  }
}

TEST_CASE("the example works as it is, and with every line of it uncommented") {
  const auto example = config::example_text();
  const auto made = config_of(example);
  if (!made) FAIL(made.error().text);
  CHECK(made->fleet.fixed.size() == 2);
  CHECK(made->cloud->url.host == "ingest.example.com");

  const auto uncommented = std::regex_replace(example, std::regex("( *)#([a-z_]+: )"), "$1$2");
  CHECK(uncommented != example);
  const auto all_set = config_of(uncommented);
  if (!all_set) FAIL(all_set.error().text);
  const tests::made_up_machine machine;
  config::layers bare(machine.references());
  bare.add_file("gw.yaml", example);
  config::layers full(machine.references());
  full.add_file("gw.yaml", uncommented);
  CHECK(without_comments(show(bare)) == without_comments(show(full)));
  CHECK(show(full).find("# default") == std::string::npos);
}

TEST_CASE("what is shown reads back as the same, and tells where it comes from") {
  tests::made_up_machine machine;
  machine.variables["SECRET"] = "tell-nobody";
  machine.files["/t"] = "tell-nobody";
  config::layers all(machine.references());
  all.add_file("gw.yaml",
               "gateway: \"a: b # c\"\nnodes:\n  - {url: \"https://a\", auth: {user: u, password: tell-nobody}, tls: "
               "{cert: /c, key: /k}, labels: {\"x y\": \"null\"}}\n"
               "cloud: {auth: {bearer_token: \"${file:/t}\"}, headers: {x-a: tell-nobody}, proxy: "
               "\"http://u:tell-nobody@p:1\"}\nnode_files: /etc/${file:/t}\nstate_dir: /x/${file:/t}\n");
  all.add_variable("EDGE_ROLLUP_POLL__TIMEOUT", "4000ms");
  all.add_set("poll.auth.bearer_token=${env:SECRET}");
  const auto shown = show(all);
  CAPTURE(shown);
  CHECK(shown.find("tell-nobody") == std::string::npos);
  CHECK(std::regex_search(shown, std::regex("gateway: \"a: b # c\" +# gw.yaml:1:10\n")));
  CHECK(std::regex_search(shown, std::regex("  timeout: 4s +# EDGE_ROLLUP_POLL__TIMEOUT\n")));
  CHECK(std::regex_search(shown, std::regex("  parallel: 1024 +# default\n")));
  CHECK(shown.find(R"(bearer_token: "${file:/t}")") != std::string::npos);
  CHECK(shown.find("--set poll.auth.bearer_token") != std::string::npos);
  CHECK(shown.find("http://***@p:1") != std::string::npos);

  machine.files["/t"] = "a";
  config::layers again(machine.references());
  again.add_file("gw.yaml", shown);
  CHECK(again.wrong().count() == 0);
}

TEST_CASE("the schema describes every key") {
  const auto schema = nlohmann::json::parse(config::schema_text());
  CHECK(schema["additionalProperties"] == false);
  const auto has = [&schema](std::span<const config::key> table, const nlohmann::json& root) {
    for (const auto& key : table) {
      INFO(key.name);
      const auto* place = &root;
      for (const auto& part : config::split_words(key.name)) {
        REQUIRE((*place)["properties"].contains(part));
        place = &(*place)["properties"][part];
      }
      CHECK((*place)["description"] == key.help);
    }
  };
  has(config::keys(), schema);
  has(config::node_keys(), schema["$defs"]["node"]);
}
