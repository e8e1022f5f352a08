#include "net/http_connection.hpp"

#include "support/fake_network.hpp"
#include "support/virtual_clock.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::failure_kind;
using tests::http_text;
using tests::piece;
using tests::piece_end;

namespace {

using outcome = std::expected<net::http_answer, net::send_failure>;

struct fixture {
  boost::asio::io_context loop;
  tests::virtual_clock clock{loop};
  tests::fake_network network{clock};
  net::http_connection connection{loop.get_executor(), clock, network, net::http_limits{}};
  runtime::task_scope scope{loop.get_executor(), clock};
  std::string host = "127.0.0.1";
  std::chrono::milliseconds allowed = std::chrono::milliseconds::max();
  std::optional<outcome> came;
  model::mono_time came_at;
  std::optional<std::expected<void, net::send_failure>> reached;

  void cloud(std::vector<piece> pieces) {
    network.hosts[{"127.0.0.1", 80}] = {.answer = [pieces](const std::string&) { return pieces; }};
  }

  static runtime::task<void> send(fixture& f) {
    net::http_request request;
    request.target = {model::url_scheme::http, f.host, 80, "/v1/rollups", "site=north"};
    request.headers = {{"Content-Type", "application/json"}};
    request.body = "{}";
    request.total_timeout = f.allowed;
    auto answered = co_await f.connection.send(request);
    f.came = std::move(answered);
    f.came_at = f.clock.now();
  }

  static runtime::task<void> reach(fixture& f) {
    const model::url peer{model::url_scheme::http, f.host, 80, "/v1/rollups", ""};
    f.reached = co_await f.connection.reach(peer);
  }

  /// Sends, and lets up to `span` pass.
  outcome sent(std::chrono::milliseconds span = 1h) {
    came.reset();
    scope.spawn(send(*this));
    clock.advance(span);
    REQUIRE(came);
    return *came;
  }
};

}  // namespace

TEST_CASE("a request goes out whole and its answer comes back") {
  fixture f;
  f.cloud({{5ms, "HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nok"}});
  const auto came = f.sent();
  REQUIRE(came);
  CHECK(came->status == 202);
  CHECK(came->reason == "Accepted");
  CHECK(came->header("retry-after") == "7");
  CHECK(came->header("missing").empty());
  CHECK(came->body == "ok");
  CHECK_FALSE(came->body_cut);
  CHECK(f.network.requests ==
        std::vector<std::string>{"POST /v1/rollups?site=north HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                 "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"});
  CHECK(f.connection.sent_bytes() == f.network.requests[0].size());
}

TEST_CASE("a peer can be reached without being sent anything") {
  fixture f;
  f.cloud({{1ms, http_text(202, "")}});
  f.scope.spawn(fixture::reach(f));
  f.clock.advance(1s);
  REQUIRE(f.reached);
  CHECK(f.reached->has_value());
  CHECK(f.network.connects == 1);
  CHECK(f.network.requests.empty());
  CHECK(f.connection.sent_bytes() == 0);
  CHECK(f.sent()->status == 202);
}

TEST_CASE("a peer that cannot be reached is told with the reason") {
  fixture f;
  f.host = "nowhere";
  f.scope.spawn(fixture::reach(f));
  f.clock.advance(1h);
  REQUIRE(f.reached);
  REQUIRE_FALSE(f.reached->has_value());
  CHECK(f.reached->error().failure.kind == failure_kind::dns);
}

TEST_CASE("the connection is kept for the next request, and replaced when the peer has closed it") {
  fixture f;
  int asked = 0;
  f.network.hosts[{"127.0.0.1", 80}] = {.answer = [&asked](const std::string&) {
    return ++asked == 3 ? std::vector<piece>{{0ms, "", piece_end::close}}
                        : std::vector<piece>{{1ms, http_text(202, "")}};
  }};
  CHECK(f.sent(1min));
  CHECK(f.sent(1min));
  CHECK(f.network.connects == 1);
  CHECK(f.sent(1min));
  CHECK(f.network.connects == 2);
  CHECK(f.network.probed == 2);
}

TEST_CASE("what the peer sends without being asked is never read as an answer") {
  fixture f;
  f.cloud({{1ms, http_text(500, "")}, {100ms, http_text(202, "")}});
  CHECK(f.sent(1min)->status == 500);
  CHECK(f.sent(1min)->status == 500);
  CHECK(f.network.connects == 2);
}

TEST_CASE("a connection that was idle for too long is not used again") {
  fixture f;
  f.cloud({{1ms, http_text(202, "")}});
  CHECK(f.sent(net::longest_idle));
  CHECK(f.sent(net::longest_idle + 1s));
  CHECK(f.network.connects == 1);
  CHECK(f.sent());
  CHECK(f.network.connects == 2);
}

TEST_CASE("an address that swallows everything leaves time for the next one") {
  fixture f;
  f.network.names["cloud"] = {"127.0.0.2", "127.0.0.1"};
  f.network.hosts[{"127.0.0.2", 80}] = {.connecting = tests::on_connect::ignore};
  f.cloud({{1ms, http_text(202, "")}});
  f.host = "cloud";
  const auto began = f.clock.now();
  CHECK(f.sent());
  CHECK(f.came_at - began == 15s + 1ms);  // half of the time without progress
  f.network.hosts[{"127.0.0.1", 80}] = {.connecting = tests::on_connect::ignore};
  const auto lost = f.sent();
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().failure.kind == failure_kind::timeout);
  CHECK_FALSE(lost.error().request_left);
}

TEST_CASE("what goes wrong is told by kind") {
  fixture f;
  CHECK(f.sent().error().failure.kind == failure_kind::connect);
  CHECK_FALSE(f.sent().error().request_left);
  f.network.hosts[{"127.0.0.1", 80}] = {.connecting = tests::on_connect::ignore};
  const auto never_connected = f.sent();
  CHECK(never_connected.error().failure.kind == failure_kind::timeout);
  CHECK_FALSE(never_connected.error().request_left);
  f.cloud({{1ms, "", piece_end::reset}});
  CHECK(f.sent().error().failure.kind == failure_kind::reset);
  f.cloud({{1ms, "SMTP ready\r\n"}});
  CHECK(f.sent().error().failure.kind == failure_kind::protocol);
}

TEST_CASE("an answer that makes no progress times out after 30 s, one that drips after ten minutes in all") {
  fixture f;
  f.cloud({});
  const auto silent_from = f.clock.now();
  const auto silent = f.sent();
  CHECK(silent.error().failure.kind == failure_kind::timeout);
  CHECK(silent.error().request_left);
  CHECK(f.came_at - silent_from == 30s);

  std::vector<piece> drops(2'000, piece{20s, "x"});
  drops.insert(drops.begin(), piece{1ms, "HTTP/1.1 200 "});
  f.cloud(drops);
  const auto from = f.clock.now();
  const auto came = f.sent();
  REQUIRE_FALSE(came);
  CHECK(came.error().failure.kind == failure_kind::timeout);
  CHECK(came.error().failure.message.find("600 s") != std::string::npos);
  CHECK(f.came_at - from == 10min);

  f.allowed = 1min;
  f.cloud(drops);
  const auto short_from = f.clock.now();
  CHECK_FALSE(f.sent());
  CHECK(f.came_at - short_from == 1min);
}

TEST_CASE("the final header counts, whatever becomes of the body") {
  const std::string head = "HTTP/1.1 503 Busy\r\nContent-Length: 100000\r\n\r\n";
  struct row {
    const char* name;
    std::vector<piece> pieces;
  };
  for (const auto& row :
       std::vector<row>{{"longer than what is read", {{1ms, head + std::string(1000, 'x')}}},
                        {"a chunked body without an end",
                         {{1ms, "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" +
                                    std::string(65'536, 'x') + "\r\n1\r\nx"}}},
                        {"broken off", {{1ms, "HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nx", piece_end::reset}}},
                        {"hanging", {{1ms, "HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nx"}}}}) {
    INFO(row.name);
    fixture f;
    f.cloud(row.pieces);
    const auto came = f.sent();
    REQUIRE(came);
    CHECK(came->status == 503);
    CHECK(came->body_cut);
    CHECK(came->body.size() <= 8 * 1024);
    CHECK(f.network.open_now == 0);
  }
}

TEST_CASE("at most 8 KiB of a body are kept") {
  fixture f;
  f.cloud({{1ms, http_text(400, std::string(60'000, 'x'))}});
  const auto came = f.sent();
  REQUIRE(came);
  CHECK(came->body == std::string(8 * 1024, 'x'));
  CHECK_FALSE(came->body_cut);
}

TEST_CASE("cancel ends a request at once") {
  fixture f;
  f.cloud({});
  f.scope.spawn(fixture::send(f));
  f.clock.advance(1s);
  REQUIRE_FALSE(f.came);
  f.connection.cancel();
  f.clock.settle();
  REQUIRE(f.came);
  CHECK(f.came->error().failure.kind == failure_kind::cancelled);
  f.connection.cancel();  // with nothing under way it does nothing
  f.cloud({{1ms, http_text(202, "")}});
  CHECK(f.sent());
}

namespace {

runtime::task<void> send_empty(fixture& test, net::http_connection& through, model::url target) {
  net::http_request request;
  request.target = std::move(target);
  auto answered = co_await through.send(request);
  test.came = std::move(answered);
}

}  // namespace

TEST_CASE("plain http goes to a proxy as a request that it forwards, with its credentials") {
  fixture f;
  net::http_connection connection{f.loop.get_executor(),
                                  f.clock,
                                  f.network,
                                  net::http_limits{},
                                  {},
                                  net::http_proxy{{model::url_scheme::http, "127.0.0.9", 3128, "", ""}, "Basic eA=="}};
  f.network.hosts[{"127.0.0.9", 3128}] = {.answer = [](const std::string&) {
    return std::vector<piece>{{1ms, http_text(202, "")}};
  }};
  const model::url cloud{model::url_scheme::http, "cloud.test", 8080, "/v1", "a=b"};
  f.scope.spawn(send_empty(f, connection, cloud));
  f.clock.advance(1s);
  REQUIRE(f.came);
  CHECK(f.came->has_value());
  CHECK(f.network.requests == std::vector<std::string>{"POST http://cloud.test:8080/v1?a=b HTTP/1.1\r\n"
                                                       "Host: cloud.test:8080\r\nProxy-Authorization: Basic eA==\r\n"
                                                       "Content-Length: 0\r\n\r\n"});
}

TEST_CASE("https goes through a tunnel, and its request says nothing of the proxy") {
  fixture f;
  net::http_connection connection{f.loop.get_executor(),
                                  f.clock,
                                  f.network,
                                  net::http_limits{},
                                  {},
                                  net::http_proxy{{model::url_scheme::http, "127.0.0.9", 3128, "", ""}, "Basic eA=="}};
  const model::url cloud{model::url_scheme::https, "cloud.test", 443, "/v1", ""};
  f.scope.spawn(send_empty(f, connection, cloud));
  f.clock.advance(1s);
  REQUIRE(f.came);
  CHECK(f.came->error().failure.message == "by way of the proxy 127.0.0.9:3128: refused");

  f.network.hosts[{"127.0.0.9", 3128}] = {.answer = [](const std::string&) {
    return std::vector<piece>{{1ms, http_text(202, "")}};
  }};
  f.scope.spawn(send_empty(f, connection, cloud));
  f.clock.advance(1s);
  CHECK(f.came->has_value());
  CHECK(f.network.tunnels.back() ==
        "CONNECT cloud.test:443 HTTP/1.1\r\nHost: cloud.test:443\r\nProxy-Authorization: Basic eA==\r\n\r\n");
  CHECK(f.network.requests ==
        std::vector<std::string>{"POST /v1 HTTP/1.1\r\nHost: cloud.test\r\nContent-Length: 0\r\n\r\n"});
}
