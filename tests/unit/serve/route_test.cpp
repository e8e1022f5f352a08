#include "serve/route.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace edge_rollup;
using serve::page;

namespace {

net::received_request asking(const std::string& method, const std::string& target) {
  net::received_request made;
  made.method = method;
  made.target = target;
  return made;
}

}  // namespace

TEST_CASE("A request goes to its page") {
  struct row {
    std::string method, target;
    page to;
    std::string argument;
  };
  const std::vector<row> rows = {
      {"GET", "/", page::asset, ""},
      {"GET", "/page/main.js", page::asset, "main.js"},
      {"HEAD", "/livez", page::live, ""},
      {"GET", "/healthz?", page::live, ""},
      {"GET", "/readyz", page::ready, ""},
      {"GET", "/metrics", page::metrics, ""},
      {"GET", "/api/v1/nodes", page::nodes, ""},
      {"GET", "/api/v1/nodes/pump-1", page::node, "pump-1"},
      {"GET", "/api/v1/nodes/%5B::1%5D:8080/base/path?", page::node, "[::1]:8080/base/path"},
      {"GET", "/api/v1/grid?names=yes", page::grid, ""},
      {"GET", "/api/v1/history?range=24h", page::history, ""},
      {"GET", "/api/v1/events", page::events, ""},
      {"GET", "/api/v1/nodes/pump-1/polls", page::polls, "pump-1"},
      {"GET", "/api/v1/nodes/h:80%2Fbase/polls", page::polls, "h:80/base"},
      {"GET", "/api/v1/nodes/h:80/base/polls", page::polls, "h:80/base"},
      {"GET", "/api/v1/nodes/h:80%2Fpolls", page::node, "h:80/polls"},
      {"GET", "/api/v1/nodes/h:80%2Fpolls/polls", page::polls, "h:80/polls"},
      {"GET", "/api/v1/nodes/polls", page::node, "polls"},
      {"GET", "/api/v1/nodes//polls", page::node, "/polls"},
      {"GET", "/api/v1/rollups/42", page::rollup, "42"},
      {"GET", "/openapi.json", page::description, ""},
      {"POST", "/-/reload", page::reload, ""},
      {"POST", "/-/round", page::round, ""},
  };
  for (const auto& [method, target, to, argument] : rows) {
    INFO(method << " " << target);
    const auto found = serve::find_route(asking(method, target));
    REQUIRE(found);
    CHECK(found->to == to);
    CHECK(found->argument == argument);
  }
}

TEST_CASE("A parameter reaches a page that knows it, and is refused by its name everywhere else") {
  const auto nodes = serve::find_route(asking("GET", "/api/v1/nodes?state=failed&limit=2"));
  REQUIRE(nodes);
  CHECK(nodes->query.find("state") == "failed");
  CHECK(nodes->query.find("limit") == "2");
  for (const std::string path :
       {"/", "/metrics", "/api/v1/status", "/api/v1/nodes", "/api/v1/nodes/a", "/api/v1/rollups", "/api/v1/outbox",
        "/api/v1/grid", "/api/v1/history", "/api/v1/events", "/openapi.json"}) {
    INFO(path);
    const auto found = serve::find_route(asking("GET", path + "?stat=failed"));
    REQUIRE_FALSE(found);
    CHECK(found.error().answer.status == 400);
    CHECK(found.error().answer.body.contains("stat"));
  }
  CHECK(serve::find_route(asking("POST", "/-/round?x")).error().answer.status == 400);
}

TEST_CASE("Health takes every query, as probes add some to get past caches") {
  for (const std::string path : {"/livez", "/healthz", "/readyz"}) {
    for (const std::string query : {"?x", "?x=1&x=2", "?verbose", "?%zz"}) {
      INFO(path << query);
      const auto found = serve::find_route(asking("GET", path + query));
      REQUIRE(found);
      CHECK(found->demands == serve::demand::nothing);
    }
  }
}

TEST_CASE("A refusal demands no more than reading does, and none of whoever asks for health") {
  struct row {
    std::string method, target;
    serve::demand demands;
  };
  const std::vector<row> rows = {
      {"POST", "/livez", serve::demand::nothing},
      {"POST", "/metrics", serve::demand::token_if_set},
      {"GET", "/api/v1/nodes?x", serve::demand::token_if_set},
      {"GET", "/-/round", serve::demand::token_if_set},
      {"GET", "/nowhere", serve::demand::token_if_set},
  };
  for (const auto& [method, target, demands] : rows) {
    INFO(method << " " << target);
    const auto found = serve::find_route(asking(method, target));
    REQUIRE_FALSE(found);
    CHECK(found.error().demands == demands);
  }
}

TEST_CASE("A request that has no page is told so") {
  struct row {
    std::string method, target;
    int status;
    std::string allow;
  };
  const std::vector<row> rows = {
      {"GET", "/api", 404, ""},
      {"GET", "/api/v1/nodes/", 404, ""},
      {"POST", "/api/v1/events", 405, "GET, HEAD"},
      {"GET", "*", 404, ""},
      {"GET", "/livez/", 404, ""},
      {"GET", "/api/v1/nodes/%zz", 400, ""},
      {"DELETE", "/api/v1/nodes", 405, "GET, HEAD"},
      {"POST", "/metrics", 405, "GET, HEAD"},
      {"get", "/metrics", 405, "GET, HEAD"},
      {"GET", "/-/reload", 405, "POST"},
      {"PUT", "/-/round", 405, "POST"},
  };
  for (const auto& [method, target, status, allow] : rows) {
    INFO(method << " " << target);
    const auto found = serve::find_route(asking(method, target));
    REQUIRE_FALSE(found);
    CHECK(found.error().answer.status == status);
    const auto& fields = found.error().answer.fields;
    const auto told = std::ranges::find(fields, std::string("Allow"), &net::http_fields::value_type::first);
    CHECK((told == fields.end() ? "" : told->second) == allow);
  }
}
