#include "serve/pages.hpp"

#include "serve/assets.hpp"
#include "support/served_nodes.hpp"
#include "support/source_file.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace edge_rollup;
using serve::page;

namespace {

struct daemon_of_tests {
  daemon_of_tests() {
    board.round_ended(tests::nodes_named({"a"}), {tests::ok(1, 1.0)}, {model::freshness::fresh}, tests::at_second(1));
  }

  [[nodiscard]] net::http_response answer(page to, std::string query = {}, std::string argument = {}) const {
    const serve::snapshot now{facts, checks, board, rollups};
    return answer_from(now, {to, serve::demand::nothing, std::move(argument), std::move(query)});
  }

  serve::daemon_facts facts;
  std::vector<serve::check> checks{{"config", serve::check::state::ok, "loaded"}};
  serve::node_board board;
  serve::rollup_history rollups;
};

std::string field(const net::http_response& answer, const std::string& name) {
  const auto found = std::ranges::find(answer.fields, name, &net::http_fields::value_type::first);
  return found == answer.fields.end() ? "" : found->second;
}

}  // namespace

TEST_CASE("Every answer tells browsers to keep it to themselves") {
  const daemon_of_tests daemon;
  for (const auto& answer : {daemon.answer(page::index), daemon.answer(page::status), daemon.answer(page::node),
                             daemon.answer(page::description)}) {
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
  for (const std::string query : {"state=x", "sort=x", "limit=0", "limit=1001", "cursor=-1", "page=1"}) {
    INFO(query);
    const auto answer = daemon.answer(page::nodes, query);
    CHECK(answer.status == 400);
    CHECK(nlohmann::json::parse(answer.body).at("title") == "Bad Request");
  }
  CHECK(daemon.answer(page::rollups, "limit=101").status == 400);
  CHECK(daemon.answer(page::rollups, "limit=100").status == 200);
}

TEST_CASE("The description that is served is docs/openapi.json") {
  std::ifstream file(tests::source_file("docs/openapi.json"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  CHECK(serve::api_description() == text);
  CHECK(daemon_of_tests().answer(page::description).body == text);
}

TEST_CASE("What a status has no value for is null") {
  const auto body = nlohmann::json::parse(daemon_of_tests().answer(page::status).body);
  for (const std::string path :
       {"/last_round", "/next_round", "/config/file", "/config/last_reload", "/delivery/hold", "/delivery/last_verdict",
        "/delivery/next_try", "/outbox/oldest", "/outbox/runway_s", "/disk_free_bytes"}) {
    INFO(path);
    CHECK(body.at(nlohmann::json::json_pointer(path)).is_null());
  }
  CHECK(body.at("delivery").at("state") == "idle");
  CHECK(body.at("nodes").at("expected") == 0);
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
