#include "serve/pages.hpp"

#include "support/served_nodes.hpp"
#include "support/source_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace nlohmann::literals;
using serve::page;

namespace {

struct daemon_of_tests {
  daemon_of_tests() {
    board.round_ended(tests::nodes_named({"a"}), {tests::ok(1, 1.0)}, {model::freshness::fresh}, tests::at_second(1));
  }

  [[nodiscard]] net::http_response answer(page to, const std::string& query = {}, std::string argument = {}) const {
    static constexpr std::array<std::string_view, 7> names{"state", "q", "sort", "limit", "cursor", "names", "range"};
    const auto given = *serve::query::read(query, names);
    const serve::route asked{to, serve::demand::nothing, std::move(argument), given};
    if (takes_long(asked)) return answer_from(board, facts.instance, asked);
    const serve::snapshot seen{facts, checks, board, rollups, history, polls, archive, {}, {}};
    return answer_from(seen, asked);
  }

  serve::daemon_facts facts;
  std::vector<serve::check> checks{{"config", serve::check::state::ok, "loaded"}};
  serve::node_board board;
  serve::rollup_history rollups;
  serve::round_history history;
  serve::poll_columns polls;
  serve::round_archive archive;
};

std::string field(const net::http_response& answer, const std::string& name) {
  const auto found = std::ranges::find(answer.fields, name, &net::http_fields::value_type::first);
  return found == answer.fields.end() ? "" : found->second;
}

nlohmann::json api() {
  return nlohmann::json::parse(std::ifstream(tests::source_file("docs/openapi.json")));
}

/// Name -> schema.
std::map<std::string, nlohmann::json> described_parameters(const std::string& path) {
  std::map<std::string, nlohmann::json> found;
  const auto description = api();
  for (const auto& each : description.at("paths").at(path).at("get").at("parameters")) {
    found.emplace(each.at("name").get<std::string>(), each.at("schema"));
  }
  return found;
}

}  // namespace

TEST_CASE("Every answer tells browsers to keep it to themselves") {
  const daemon_of_tests daemon;
  for (const auto& answer : {daemon.answer(page::status), daemon.answer(page::node)}) {
    CHECK(field(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(field(answer, "Content-Security-Policy").starts_with("default-src 'none'; frame-ancestors 'none'"));
    CHECK(field(answer, "Referrer-Policy") == "no-referrer");
    CHECK(field(answer, "Cache-Control") == "no-store");
  }
}

TEST_CASE("Readiness names the check that fails") {
  daemon_of_tests daemon;
  CHECK(daemon.answer(page::ready).status == 200);
  daemon.checks.push_back({"first_round", serve::check::state::failing, "not yet"});
  const auto answer = daemon.answer(page::ready);
  CHECK(answer.status == 503);
  CHECK(field(answer, "Content-Type") == "application/problem+json");
  const auto body = nlohmann::json::parse(answer.body);
  CHECK(body.at("detail") == "first_round: not yet");
  CHECK(body.at("checks").size() == 2);
  CHECK(daemon.answer(page::live).status == 200);
}

TEST_CASE("A page is given, or the parameter is named that cannot be meant") {
  const daemon_of_tests daemon;
  CHECK(daemon.answer(page::node, "", "a").status == 200);
  CHECK(daemon.answer(page::node, "", "b").status == 404);
  CHECK(daemon.answer(page::nodes, "state=ok&sort=latency&limit=1&cursor=0&q=a").status == 200);
  for (const std::string query : {"state=x", "sort=x", "limit=0", "limit=1001", "cursor=-1"}) {
    INFO(query);
    const auto answer = daemon.answer(page::nodes, query);
    CHECK(answer.status == 400);
    CHECK(nlohmann::json::parse(answer.body).at("title") == "Bad Request");
  }
  CHECK(daemon.answer(page::polls, "", "a").body == R"({"name":"a","polls":[]})");
  CHECK(daemon.answer(page::polls, "", "b").status == 404);
  for (const auto* const sequence : {"1", "-1", "1x", "", "99999999999999999999"}) {
    INFO(sequence);
    CHECK(daemon.answer(page::rollup, "", sequence).status == 404);
  }
  CHECK(daemon.answer(page::grid, "names=maybe").status == 400);
  CHECK(daemon.answer(page::grid, "names=no").body == daemon.answer(page::grid).body);
  CHECK(daemon.answer(page::grid, "names=yes").body.contains("\"names\":[\"a\"]"));
  CHECK(daemon.answer(page::history, "range=1w").status == 400);
  CHECK(daemon.answer(page::history, "range=1h").body == daemon.answer(page::history).body);
  CHECK(daemon.answer(page::history, "range=24h").body.contains("\"step_s\":300"));
  CHECK(daemon.answer(page::rollups, "limit=101").status == 400);
  CHECK(daemon.answer(page::rollups, "limit=100").status == 200);
}

TEST_CASE("The words and limits of parameters are those of the description") {
  daemon_of_tests daemon;
  std::vector<std::string> names;
  for (int i = 0; i < 1001; ++i) names.push_back("node-" + std::to_string(i));
  daemon.board.expect(tests::nodes_named(names));
  for (int i = 0; i < 101; ++i) daemon.rollups.made({});
  const std::vector<std::pair<page, std::string>> listings = {{page::nodes, "nodes"}, {page::rollups, "rollups"}};
  for (const auto& [to, path] : listings) {
    const auto entries_with = [&daemon, to = to, &path = path](const std::string& query) {
      return nlohmann::json::parse(daemon.answer(to, query).body).at(path).size();
    };
    for (const auto& [name, schema] : described_parameters("/api/v1/" + path)) {
      INFO(path << " " << name);
      if (schema.contains("enum")) {
        const auto refusal = nlohmann::json::parse(daemon.answer(to, name + "=x").body).at("detail");
        CHECK(refusal == fmt::format("{} must be one of {}", name,
                                     fmt::join(schema.at("enum").get<std::vector<std::string>>(), ", ")));
      }
      if (schema.contains("maximum")) {
        const auto least = schema.at("minimum").get<std::size_t>();
        const auto most = schema.at("maximum").get<std::size_t>();
        CHECK(daemon.answer(to, fmt::format("{}={}", name, least - 1)).status == 400);
        CHECK(entries_with(fmt::format("{}={}", name, least)) == least);
        CHECK(entries_with(fmt::format("{}={}", name, most)) == most);
        CHECK(daemon.answer(to, fmt::format("{}={}", name, most + 1)).status == 400);
        CHECK(entries_with("") == schema.at("default").get<std::size_t>());
      }
    }
  }
}

TEST_CASE("The states of a node are those of the description") {
  const auto described = api().at("/components/schemas/Node/properties/state/enum"_json_pointer);
  CHECK(described == nlohmann::json(serve::node_state_names));
}

TEST_CASE("What a status has no value for is null") {
  const auto body = nlohmann::json::parse(daemon_of_tests().answer(page::status).body);
  for (const std::string path :
       {"/last_round", "/next_round", "/config/file", "/config/last_reload", "/delivery/hold", "/delivery/last_verdict",
        "/delivery/next_try", "/delivery/last_failure", "/outbox/oldest", "/outbox/runway_s", "/disk_free_bytes"}) {
    INFO(path);
    CHECK(body.at(nlohmann::json::json_pointer(path)).is_null());
  }
  CHECK(body.at("delivery").at("state") == "idle");
  CHECK(body.at("nodes").at("expected") == 0);
}

TEST_CASE("Before the first round it is known which nodes there are, and nothing else of them") {
  daemon_of_tests daemon;
  daemon.facts.listed_nodes = 2;
  daemon.board = {};
  daemon.board.expect(tests::nodes_named({"a", "b"}));
  const auto counts = nlohmann::json::parse(daemon.answer(page::status).body).at("nodes");
  CHECK(counts.at("expected") == 2);
  CHECK(counts.at("ok") == 0);
  CHECK(counts.at("failed") == 0);
  const auto listed = nlohmann::json::parse(daemon.answer(page::nodes, "state=unknown").body);
  CHECK(listed.at("total") == 2);
  const auto node = nlohmann::json::parse(daemon.answer(page::node, "", "b").body);
  CHECK(node.at("state") == "unknown");
  for (const auto* const member : {"error_kind", "error", "since", "records", "latency_ms", "last_success"}) {
    INFO(member);
    CHECK(node.at(member).is_null());
  }
}

TEST_CASE("A node of any name is found, also where a client would take the name for a step of the path") {
  daemon_of_tests daemon;
  daemon.board = {};
  daemon.board.expect(tests::nodes_named({"..", ".", "a/../b", "x/polls"}));
  for (const auto& [argument, name] : std::map<std::string, std::string>{
           {"%2E%2E", ".."}, {"..", ".."}, {"%2E", "."}, {"a/../b", "a/../b"}, {"x/polls", "x/polls"}}) {
    INFO(argument);
    CHECK(nlohmann::json::parse(daemon.answer(page::node, "", argument).body).at("name") == name);
    CHECK(nlohmann::json::parse(daemon.answer(page::polls, "", argument).body).at("name") == name);
  }
  for (const auto* const argument : {"%", "%zz", "%252E", "c"}) {
    INFO(argument);
    CHECK(daemon.answer(page::node, "", argument).status == 404);
    CHECK(daemon.answer(page::polls, "", argument).status == 404);
  }
}

TEST_CASE("The state of delivery follows from what it waits for") {
  daemon_of_tests daemon;
  const auto state = [&daemon] {
    return nlohmann::json::parse(daemon.answer(page::status).body).at("delivery").at("state").get<std::string>();
  };
  CHECK(state() == "idle");
  daemon.facts.store.pending = 1;
  CHECK(state() == "sending");
  daemon.facts.delivery.next_try = tests::at_second(5);
  CHECK(state() == "waiting");
  daemon.facts.delivery.hold = {"forbidden", tests::at_second(1), "HTTP 403", "ask"};
  CHECK(state() == "hold");
}
