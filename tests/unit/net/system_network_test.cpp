#include "net/system_network.hpp"

#include "net/exchange_driver.hpp"
#include "runtime/system_clock.hpp"
#include "runtime/task_scope.hpp"
#include "support/memory_log.hpp"
#include "support/serve_once.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct fixture {
  asio::io_context loop;
  runtime::system_clock clock{loop.get_executor()};
  tests::memory_log messages;
  net::system_network network{loop.get_executor(), clock, messages};
  runtime::task_scope scope{loop.get_executor(), clock};
};

runtime::task<void> resolve(fixture& f, model::url peer, std::optional<net::lookup_result>& found) {
  const auto deadline = f.clock.now() + 30s;
  auto result = co_await f.network.resolve(peer, deadline);
  found = std::move(result);
}

runtime::task<void> ask(fixture& f, asio::ip::tcp::endpoint where, net::response_reader& reader,
                        std::optional<model::failure>& failure) {
  const std::string request = "GET / HTTP/1.1\r\n\r\n";
  const model::url peer;
  const model::tls_options tls;
  auto stream = f.network.open(where, peer, tls);
  std::string buffer(4096, '\0');
  net::http_exchange exchange(reader, request, net::connection_age::fresh, f.clock.now());
  co_await net::drive(exchange, *stream, buffer, f.clock);
  failure = exchange.failure();
}

}  // namespace

TEST_CASE("address literals need no lookup, localhost resolves to loopback") {
  fixture f;
  std::optional<net::lookup_result> v4, v6, name;
  f.scope.spawn(resolve(f, {model::url_scheme::http, "10.0.0.5", 8080, "", ""}, v4));
  f.scope.spawn(resolve(f, {model::url_scheme::http, "fe80::1", 80, "", ""}, v6));
  f.scope.spawn(resolve(f, {model::url_scheme::http, "localhost", 8080, "", ""}, name));
  f.loop.run();
  CHECK(v4->value().front() == asio::ip::tcp::endpoint(asio::ip::make_address("10.0.0.5"), 8080));
  CHECK(v6->value().front() == asio::ip::tcp::endpoint(asio::ip::make_address("fe80::1"), 80));
  REQUIRE(name->has_value());
  CHECK(name->value().front().address().is_loopback());
  CHECK(name->value().front().port() == 8080);
}

TEST_CASE("an exchange over a real socket brings the answer") {
  fixture f;
  asio::ip::tcp::acceptor acceptor(f.loop, {asio::ip::address_v4::loopback(), 0});
  net::response_reader reader;
  std::optional<model::failure> failure;
  f.scope.spawn(tests::serve_once(acceptor, "HTTP/1.1 200 OK\r\n\r\nall of it"));
  f.scope.spawn(ask(f, acceptor.local_endpoint(), reader, failure));
  f.loop.run();
  CHECK_FALSE(failure);
  CHECK(reader.status() == 200);
}

TEST_CASE("a port where nobody listens is a connect failure in the system's words") {
  fixture f;
  asio::ip::tcp::endpoint nobody;
  {
    asio::ip::tcp::acceptor acceptor(f.loop, {asio::ip::address_v4::loopback(), 0});
    nobody = acceptor.local_endpoint();
  }
  net::response_reader reader;
  std::optional<model::failure> failure;
  f.scope.spawn(ask(f, nobody, reader, failure));
  f.loop.run();
  REQUIRE(failure);
  CHECK(failure->kind == model::failure_kind::connect);
  CHECK(failure->message == "Connection refused");
}
