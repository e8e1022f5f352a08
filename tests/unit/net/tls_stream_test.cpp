#include "net/tls_stream.hpp"

#include "net/exchange_driver.hpp"
#include "net/system_network.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_contexts.hpp"
#include "runtime/system_clock.hpp"
#include "runtime/task_scope.hpp"
#include "support/certificates.hpp"
#include "support/memory_log.hpp"
#include "support/serve_once.hpp"
#include "support/tls_server.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace edge_rollup;
using model::failure_kind;
using tests::certificates;
using tests::farewell;
using tests::tls_server;
using tests::tls_server_options;
namespace asio = boost::asio;
using handshake = tls_server::handshake;

namespace {

struct fetched {
  std::optional<model::failure> failure;
  int status = 0;
  std::string body;
};

/// A client with its own sessions.
class client {
 public:
  explicit client(model::tls_options options) : options_(std::move(options)) { std::signal(SIGPIPE, SIG_IGN); }

  fetched get(const std::string& host, std::uint16_t port, std::size_t buffer_bytes = 64 * 1024) {
    runtime::task_scope scope(loop_.get_executor(), clock_);
    fetched came;
    scope.spawn(get({model::url_scheme::https, host, port, "", ""}, buffer_bytes, came));
    loop_.restart();
    loop_.run();
    return came;
  }

 private:
  runtime::task<void> get(model::url peer, std::size_t buffer_bytes, fetched& came) {
    const std::string request = "GET / HTTP/1.1\r\n\r\n";
    const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), peer.port);
    auto stream = network_.open(address, peer, options_);
    std::string buffer(buffer_bytes, '\0');
    net::response_reader reader;
    net::http_exchange exchange(reader, request, net::connection_age::fresh, clock_.now());
    co_await net::drive(exchange, *stream, buffer, clock_);
    came.failure = exchange.failure();
    came.status = reader.status();
    came.body = reader.body();
  }

  asio::io_context loop_;
  runtime::system_clock clock_{loop_.get_executor()};
  tests::memory_log messages_;
  net::system_network network_{loop_.get_executor(), clock_, messages_};
  model::tls_options options_;
};

model::tls_options trusting(const certificates& made) {
  return {made.file("ca.pem"), "", ""};
}

/// A stream and what it rests on.
struct connection {
  connection(const certificates& made, std::uint16_t port) {
    std::signal(SIGPIPE, SIG_IGN);
    const model::url peer{model::url_scheme::https, "localhost", port, "", ""};
    auto tcp = std::make_unique<net::tcp_stream>(set, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port));
    below = tcp.get();
    stream.emplace(std::move(tcp), peer, contexts.context_for(trusting(made)));
  }

  void exchange(std::string_view request) {
    net::response_reader reader;
    net::http_exchange asked(reader, request, net::connection_age::fresh, clock.now());
    runtime::task_scope scope(loop.get_executor(), clock);
    scope.spawn(net::drive(asked, *stream, buffer, clock));
    loop.run();
    CHECK_FALSE(asked.failure());
  }

  /// Bytes that wait in the socket.
  int arrived() const {
    int bytes = 0;
    REQUIRE(::ioctl(below->descriptor(), FIONREAD, &bytes) == 0);
    return bytes;
  }

  asio::io_context loop{1};
  runtime::system_clock clock{loop.get_executor()};
  tests::memory_log messages;
  net::tls_contexts contexts{clock, messages};
  net::ready_set set{loop.get_executor()};
  net::tcp_stream* below = nullptr;
  std::optional<net::tls_stream> stream;
  std::string buffer = std::string(4096, '\0');
};

void check_answered(const fetched& came) {
  INFO(came.failure.value_or(model::failure{}).message);
  CHECK_FALSE(came.failure);
  CHECK(came.status == 200);
}

void check_failed(const fetched& came, failure_kind kind, const std::string& says) {
  REQUIRE(came.failure);
  INFO(came.failure->message);
  CHECK(came.failure->kind == kind);
  CHECK(came.failure->message.contains(says));
}

}  // namespace

TEST_CASE("a TLS peer with a trusted certificate of its name or address answers") {
  const certificates made;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* host : {"localhost", "LOCALHOST", "localhost.", "127.0.0.1"}) {
      CAPTURE(version, host);
      tls_server server(made, {.version = version}, 1);
      client asking(trusting(made));
      const auto came = asking.get(host, server.port());
      check_answered(came);
      CHECK(came.body == "hi");
      CHECK(server.handshakes() == std::vector{handshake::full});
    }
  }
}

TEST_CASE("a certificate that does not hold is a tls failure that says why") {
  const certificates made;
  const struct {
    const char* certificate;
    const char* host;
    const char* says;
  } rows[] = {
      {"expired", "localhost", "the certificate expired at 2021-01-01 00:00 UTC"},
      {"not-yet-valid", "localhost", "not yet valid, only from 2098-01-01 00:00 UTC on"},
      {"self-signed", "localhost", "self-signed"},
      {"wrong-host", "localhost", "not for localhost but for elsewhere.example, *.elsewhere.example, 192.0.2.1"},
      {"wrong-host", "127.0.0.1", "not for 127.0.0.1 but for elsewhere.example"},
      {"good", "127.0.0.2", "not for 127.0.0.2 but for localhost, 127.0.0.1, ::1"},
      {"partial-wildcard", "edge7.site.example", "not for edge7.site.example but for edge*.site.example"},
      {"cn-only", "localhost", "not for localhost: it names no host"},
      {"unknown-issuer", "localhost", "unknown issuer: the certificate comes from \"Nobody Knows\""},
  };
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const auto& row : rows) {
      CAPTURE(version, row.certificate, row.host);
      tls_server server(made, {.certificate = row.certificate, .version = version}, 1);
      client asking(trusting(made));
      check_failed(asking.get(row.host, server.port()), failure_kind::tls, row.says);
      CHECK(server.handshakes() == std::vector{handshake::failed});
    }
  }
}

TEST_CASE("a peer that asks for a client certificate answers only who has one that it trusts") {
  const certificates made;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    tls_server server(made, {.version = version, .client_ca = "ca.pem"}, 3);
    client member({made.file("ca.pem"), made.file("client.pem"), made.file("client.key")});
    client nobody(trusting(made));
    client stranger({made.file("ca.pem"), made.file("unknown-issuer.pem"), made.file("server.key")});
    check_answered(member.get("localhost", server.port()));
    check_failed(nobody.get("localhost", server.port()), failure_kind::tls, "it asks for a client certificate");
    check_failed(stranger.get("localhost", server.port()), failure_kind::tls, "unknown ca");
    CHECK(server.handshakes() == std::vector{handshake::full, handshake::failed, handshake::failed});
  }
}

TEST_CASE("a peer of TLS 1.1 is refused") {
  const certificates made;
  tls_server server(made, {.version = TLS1_1_VERSION}, 1);
  client asking(trusting(made));
  check_failed(asking.get("localhost", server.port()), failure_kind::tls, "TLS 1.2");
}

TEST_CASE("a plain http peer is told from one of TLS") {
  asio::io_context loop;
  runtime::system_clock clock(loop.get_executor());
  runtime::task_scope scope(loop.get_executor(), clock);
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  const auto port = acceptor.local_endpoint().port();
  client asking({});

  scope.spawn(tests::serve_once(acceptor, "HTTP/1.1 400 Bad Request\r\n\r\n"));
  std::jthread http([&] { loop.run(); });
  check_failed(asking.get("localhost", port), failure_kind::tls, "does not speak TLS");
  http.join();

  scope.spawn(tests::serve_once(acceptor, ""));
  loop.restart();
  std::jthread closing([&] { loop.run(); });
  check_failed(asking.get("localhost", port), failure_kind::tls, "in the TLS handshake");
}

TEST_CASE("an answer that only the close ends is whole only after a close_notify") {
  const certificates made;
  const std::string to_the_close = "HTTP/1.1 200 OK\r\n\r\nas much as came";
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    tls_server polite(made, {.version = version, .answer = to_the_close}, 1);
    tls_server rude(made, {.version = version, .answer = to_the_close, .parting = farewell::rude}, 1);
    tls_server rude_but_complete(made, {.version = version, .parting = farewell::rude}, 1);
    client asking(trusting(made));
    const auto whole = asking.get("localhost", polite.port());
    check_answered(whole);
    CHECK(whole.body == "as much as came");
    check_failed(asking.get("localhost", rude.port()), failure_kind::reset, "without a TLS close_notify");
    check_answered(asking.get("localhost", rude_but_complete.port()));
  }
}

TEST_CASE("records longer than the buffer, and more of them than a read takes, are read to their end") {
  const certificates made;
  const std::string body(60'000, 'x');
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + body;
  tls_server server(made, {.answer = answer, .parting = farewell::after_client}, 1);
  client asking(trusting(made));
  constexpr std::size_t small_buffer = 100;
  const auto came = asking.get("localhost", server.port(), small_buffer);
  check_answered(came);
  CHECK(came.body == body);
  CHECK(server.seen().front().client_goodbye ==
        tls_server::connection::goodbye::said);  // it had it all while it lasted
}

TEST_CASE("a connection in TLS is probed from when it is kept") {
  const certificates made;
  tls_server server(made, {}, 1);
  connection f(made, server.port());
  f.exchange("");  // connects only
  const auto is_probed = [&f] {
    int on = -1;
    ::socklen_t size = sizeof on;
    REQUIRE(::getsockopt(f.below->descriptor(), SOL_SOCKET, SO_KEEPALIVE, &on, &size) == 0);
    return on == 1;
  };
  CHECK_FALSE(is_probed());
  f.stream->probe_while_idle();
  CHECK(is_probed());
}

TEST_CASE("that nothing came on an idle connection is known without reading it") {
  const certificates made;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    tls_server server(made, {.version = version, .parting = farewell::after_client}, 1);
    connection f(made, server.port());
    f.exchange("GET / HTTP/1.1\r\n\r\n");
    CHECK_FALSE(f.below->may_read());
    CHECK(f.stream->try_read(f.buffer).state == net::io_state::want_read);
  }
}

TEST_CASE("what a record holds beyond the buffer is read though the socket is empty") {
  const certificates made;
  const std::string answer(10'000, 'x');
  tls_server server(made, {.answer = answer, .parting = farewell::after_client}, 1);
  connection f(made, server.port());
  f.exchange("");  // connects only
  REQUIRE(f.stream->try_write("GET / HTTP/1.1\r\n\r\n").state == net::io_state::done);
  while (f.arrived() < 10'000) std::this_thread::yield();
  std::size_t got = 0;
  for (auto read = f.stream->try_read(f.buffer); read.state == net::io_state::done;
       read = f.stream->try_read(f.buffer)) {
    got += read.count;
  }
  CHECK(got == answer.size());
}

TEST_CASE("one read takes no more than a record has room for, whatever a server sends of its own accord") {
  const certificates made;
  // OpenSSL would read on where the head of a record was cut: the tickets before move the records to where that is so.
  for (std::size_t tickets = 1; tickets <= 9; ++tickets) {
    CAPTURE(tickets);
    tls_server server(made, {.version = TLS1_3_VERSION, .tickets = tickets, .key_updates = 1'800}, 1);
    connection f(made, server.port());
    f.exchange("");  // connects only
    while (f.arrived() < 40'000) std::this_thread::yield();
    const int before = f.arrived();
    CHECK(f.stream->try_read(f.buffer).state == net::io_state::want_read);
    CHECK(before - f.arrived() <= 20'000);
  }
}

TEST_CASE("the next connection to a server resumes the session of the last") {
  const certificates made;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    tls_server server(made, {.version = version}, 4);
    client asking(trusting(made));
    client other(trusting(made));
    for (int round = 0; round < 3; ++round) check_answered(asking.get("localhost", server.port()));
    check_answered(other.get("localhost", server.port()));
    CHECK(server.handshakes() == std::vector{handshake::full, handshake::resumed, handshake::resumed, handshake::full});
  }
}

TEST_CASE("a session is not resumed under another name of the server") {
  const certificates made;
  tls_server server(made, {}, 2);
  client asking(trusting(made));
  check_answered(asking.get("localhost", server.port()));
  check_answered(asking.get("127.0.0.1", server.port()));
  CHECK(server.handshakes() == std::vector{handshake::full, handshake::full});
}

TEST_CASE("a server is told which host is meant, by its name only, and when the connection ends") {
  const certificates made;
  const struct {
    const char* host;
    const char* asked_for;
  } rows[] = {{"localhost", "localhost"}, {"localhost.", "localhost"}, {"127.0.0.1", ""}};
  for (const auto& row : rows) {
    CAPTURE(row.host);
    tls_server server(made, {.parting = farewell::after_client}, 1);
    client asking(trusting(made));
    check_answered(asking.get(row.host, server.port()));
    CHECK(server.seen().front().asked_for == row.asked_for);
    CHECK(server.seen().front().client_goodbye == tls_server::connection::goodbye::said);
  }
}

TEST_CASE("without usable TLS files nothing is connected, and the failure names them") {
  client asking({"/none/ca.pem", "", ""});
  check_failed(asking.get("localhost", 1), failure_kind::tls, "/none/ca.pem");
}
