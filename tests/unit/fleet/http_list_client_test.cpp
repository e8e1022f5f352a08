#include "fleet/http_list_client.hpp"

#include "support/await.hpp"
#include "support/scripted_http_client.hpp"
#include "wire/url.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <utility>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

struct bench {
  model::result<std::string> fetch() { return tests::await(loop, fleet::fetch_list(client, list)); }

  boost::asio::io_context loop;
  tests::scripted_http_client client;
  fleet::http_list list{*wire::parse_url("http://inventory:8000/sd?token=secret"), 90s};
};

}  // namespace

TEST_CASE("the list is asked for as Prometheus does") {
  bench b;
  b.client.will_say(200, "[]");
  CHECK(b.fetch() == "[]");
  REQUIRE(b.client.sent.size() == 1);
  const auto& request = b.client.sent.front();
  CHECK(request.method == "GET");
  CHECK(request.target == b.list.url);
  const std::pair<std::string, std::string> refresh{"X-Prometheus-Refresh-Interval-Seconds", "90"};
  CHECK(std::ranges::find(request.headers, refresh) != request.headers.end());
}

TEST_CASE("only a whole answer with status 200 is a list") {
  bench b;
  const std::string named = "http://inventory:8000/sd?token=***: ";
  const auto fails_with = [&](const std::string& why) {
    const auto came = b.fetch();
    REQUIRE_FALSE(came);
    CHECK(came.error().kind == model::error_kind::unavailable);
    CHECK(came.error().text == named + why);
  };
  SECTION("no connection") {
    b.client.will_fail("connection refused");
    fails_with("connection refused");
  }
  SECTION("another status") {
    b.client.will_say(503, "[]", "Service Unavailable");
    fails_with("HTTP 503 Service Unavailable");
  }
  SECTION("no content is no list") {
    b.client.will_say(204, "", "No Content");
    fails_with("HTTP 204 No Content");
  }
  SECTION("a body that broke off") {
    b.client.will_say(200, "[{");
    b.client.answers.back()->body_cut = true;
    fails_with("the answer broke off, or is over 67108864 bytes");
  }
}
