#include "serve/access.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace edge_rollup;
using serve::access_rules;
using serve::demand;

namespace {

net::received_request request_with(net::http_fields fields) {
  net::received_request made;
  made.method = "GET";
  made.target = "/";
  made.fields = std::move(fields);
  if (const auto host = made.field("host")) made.host = *host;
  return made;
}

access_rules on_loopback() {
  access_rules rules;
  rules.names = {"localhost", "127.0.0.1", "::1", "gateway-1", "gateway-1.example.com"};
  rules.admin_token = "own-token";
  return rules;
}

int status_of(const access_rules& rules, const net::received_request& request, demand what) {
  const auto refused = rules.refuse(request, what);
  return refused ? refused->status : 0;
}

}  // namespace

TEST_CASE("Only the names of this server are answered, on any port") {
  struct row {
    std::string host;
    bool named_only, all;
  };
  const std::vector<row> rows = {
      {"127.0.0.1:9464", true, true},
      {"localhost", true, true},
      {"LocalHost:8080", true, true},
      {"[::1]:9464", true, true},
      {"[0:0:0:0:0:0:0:1]:9464", true, true},
      {"page.localhost:9464", true, true},
      {"GATEWAY-1.:9464", true, true},
      {"[::1]x:9464", false, false},
      {".", false, false},
      {"gateway-1.example.com", true, true},
      {"gateway-1.example.com.:9464", true, true},
      {"evil.example", false, false},
      {"127.0.0.1.evil.example:9464", false, false},
      {"localhost.evil.example", false, false},
      {"", false, false},
      {"[", false, false},
      {"10.0.0.9:9464", false, true},
      {"[2001:db8::1]:9464", false, true},
  };
  auto rules = on_loopback();
  for (const auto& [host, named_only, all] : rows) {
    INFO(host);
    const auto request = request_with({{"Host", host}});
    rules.addresses = access_rules::literals::named_only;
    CHECK((status_of(rules, request, demand::nothing) == 0) == named_only);
    rules.addresses = access_rules::literals::all;
    CHECK((status_of(rules, request, demand::nothing) == 0) == all);
  }
  CHECK(status_of(rules, request_with({}), demand::nothing) == 0);
  CHECK(status_of(rules, request_with({{"Host", "evil.example"}}), demand::nothing) == 421);
}

TEST_CASE("A token is asked for where one is demanded") {
  struct row {
    std::string label, authorization;
    bool is_right;
  };
  const std::vector<row> rows = {
      {"none", "", false},
      {"a wrong one", "Bearer wrong-tok", false},
      {"the beginning of it", "Bearer the-toke", false},
      {"more than it", "Bearer the-token1", false},
      {"as bearer token", "Bearer the-token", true},
      {"the scheme in another case", "bearer  the-token", true},
      {"as password of any user", "Basic YW55Ym9keTp0aGUtdG9rZW4=", true},
      {"as password of nobody", "Basic OnRoZS10b2tlbg==", true},
      {"as user", "Basic dGhlLXRva2VuOg==", false},
      {"no base64", "Basic the-token", false},
      {"no colon", "Basic dGhlLXRva2Vu", false},
      {"another scheme", "Digest the-token", false},
  };
  auto configured = on_loopback();
  configured.admin_token.reset();
  configured.listen_token = "the-token";
  auto own = on_loopback();
  own.admin_token = "the-token";
  for (const auto& [label, authorization, is_right] : rows) {
    INFO(label);
    auto request = request_with({{"Host", "localhost"}});
    if (!authorization.empty()) request.fields.emplace_back("authorization", authorization);
    const int wanted = is_right ? 0 : 401;
    CHECK(status_of(configured, request, demand::token) == wanted);
    CHECK(status_of(configured, request, demand::token_if_set) == wanted);
    CHECK(status_of(configured, request, demand::nothing) == 0);
    CHECK(status_of(own, request, demand::token) == wanted);
    CHECK(status_of(own, request, demand::token_if_set) == 0);
  }
  const auto refused = configured.refuse(request_with({{"Host", "localhost"}}), demand::token_if_set);
  CHECK(std::ranges::count(refused->fields, std::string("WWW-Authenticate"), &net::http_fields::value_type::first) ==
        2);
  CHECK_FALSE(refused->body.contains("the-token"));
}

TEST_CASE("Where a token is configured, that of the state directory will do as well") {
  auto rules = on_loopback();
  rules.listen_token = "configured";
  for (const auto what : {demand::token, demand::token_if_set}) {
    for (const std::string token : {"configured", "own-token"}) {
      CHECK(status_of(rules, request_with({{"Host", "localhost"}, {"Authorization", "Bearer " + token}}), what) == 0);
    }
    CHECK(status_of(rules, request_with({{"Host", "localhost"}}), what) == 401);
    CHECK(status_of(rules, request_with({{"Host", "localhost"}, {"Authorization", "Bearer other"}}), what) == 401);
  }
}

TEST_CASE("Pages of other origins cannot have anything done") {
  struct row {
    std::string label;
    net::http_fields fields;
    bool may;
  };
  const std::vector<row> rows = {
      {"no browser", {}, true},
      {"a page of this server", {{"Origin", "http://localhost:9464"}, {"Sec-Fetch-Site", "same-origin"}}, true},
      {"typed by a person", {{"Sec-Fetch-Site", "none"}}, true},
      {"another page", {{"Origin", "https://evil.example"}}, false},
      {"this host by another scheme", {{"Origin", "https://localhost:9464"}}, false},
      {"a page behind a proxy that ends TLS",
       {{"Origin", "https://localhost:9464"}, {"Sec-Fetch-Site", "same-origin"}},
       true},
      {"a page of another scheme and host",
       {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-origin"}},
       false},
      {"another port of this machine", {{"Origin", "http://localhost:3000"}}, false},
      {"a page without an origin", {{"Origin", "null"}}, false},
      {"another site", {{"Sec-Fetch-Site", "cross-site"}}, false},
      {"another origin of the same site", {{"Sec-Fetch-Site", "same-site"}}, false},
  };
  const auto rules = on_loopback();
  for (const auto& [label, fields, may] : rows) {
    INFO(label);
    auto request = request_with({{"Host", "localhost:9464"}, {"Authorization", "Bearer own-token"}});
    request.fields.insert(request.fields.end(), fields.begin(), fields.end());
    CHECK(status_of(rules, request, demand::token) == (may ? 0 : 403));
    CHECK(status_of(rules, request, demand::token_if_set) == 0);
  }
}
