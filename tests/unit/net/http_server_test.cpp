#include "net/http_server.hpp"

#include "support/virtual_clock.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <utility>

using namespace edge_rollup;
namespace asio = boost::asio;

namespace {

constexpr std::size_t large = 8 * 1024 * 1024;
const auto common_body = std::make_shared<const std::string>(large, 'x');

/// What a test says to all who listen.
struct broadcast {
  std::string text;
  std::size_t listeners = 0;
  std::function<void()> wake = [] {};

  void say(std::string_view more) {
    text += more;
    wake();
  }
};
broadcast station;

class station_listener final : public net::live_body {
 public:
  station_listener() { ++station.listeners; }
  ~station_listener() override { --station.listeners; }

  std::string take() override { return std::exchange(station.text, {}); }
  std::string sign_of_life(model::wall_time /*now*/) override { return "alive;"; }
  void when_more(std::function<void()> wake) override {
    station.wake = wake ? std::move(wake) : [] {};
  }
};

runtime::task<net::http_response> echo(net::received_request request) {
  net::http_response made;
  if (request.target == "/common") made.shared_body = common_body;
  if (request.target == "/live") {
    made.live = std::make_shared<station_listener>();
    co_return made;
  }
  if (request.target == "/held") {
    made.status = 304;
    co_return made;
  }
  made.body = request.target == "/large" ? std::string(large, 'x') : request.method + " " + request.target;
  co_return made;
}

net::http_response refusal(const net::request_refusal& why) {
  net::http_response made;
  made.status = why.status;
  made.body = why.detail;
  return made;
}

struct bench {
  explicit bench(net::server_limits limits = {}) : server(loop.get_executor(), time, limits, echo, refusal) {
    REQUIRE(server.listen({asio::ip::address_v4::loopback(), 0}));
    server.start();
  }
  ~bench() {
    server.stop();
    time.settle();
  }

  asio::io_context loop;
  tests::virtual_clock time{loop};
  net::http_server server;
};

/// A client of one connection, whose waits turn the server's loop.
class client {
 public:
  explicit client(bench& at) : at_(at), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto peer = at.server.address();
    REQUIRE(::connect(socket_, peer.data(), static_cast<::socklen_t>(peer.size())) == 0);
    at.time.settle();
  }
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client() { ::close(socket_); }

  void send(std::string_view text) {
    REQUIRE(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
    at_.time.settle();
  }
  /// All that comes until `end` is in it or the server closes.
  std::string receive_until(std::string_view end) {
    constexpr int patience = 500;  // of 10 ms
    for (int i = 0; i < patience && !text_.contains(end) && !closed_; ++i) look();
    return text_;
  }
  bool is_closed() {
    constexpr int patience = 500;
    for (int i = 0; i < patience && !closed_; ++i) look();
    return closed_;
  }
  /// Nothing has come and nothing has been closed so far.
  bool is_waiting() {
    look();
    return !closed_ && text_.empty();
  }

 private:
  void look() {
    at_.time.settle();
    constexpr int pause_ms = 10;
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, text_.empty() ? pause_ms : 1) == 0) return;
    std::array<char, 65'536> buffer;
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) text_.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EAGAIN)) closed_ = true;
  }

  bench& at_;
  int socket_;
  std::string text_;
  bool closed_ = false;
};

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

}  // namespace

TEST_CASE("A request is answered with its length, the date and what becomes of the connection") {
  bench at;
  client asks(at);
  asks.send(get("/a"));
  const auto answer = asks.receive_until("GET /a");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  CHECK(answer.contains(" GMT\r\nContent-Length: 6\r\nConnection: keep-alive\r\n\r\nGET /a"));
}

TEST_CASE("Requests that come at once are answered in their order") {
  bench at;
  client asks(at);
  asks.send(get("/a") + get("/b") + "GET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto answers = asks.receive_until("GET /c");
  CHECK(answers.find("GET /a") < answers.find("GET /b"));
  CHECK(answers.find("GET /b") < answers.find("GET /c"));
  CHECK(asks.is_closed());
}

TEST_CASE("A client whose requests come without end leaves the loop its turns") {
  constexpr int requests = 100;
  int answered = 0, answered_at_turn = 0;
  asio::io_context loop;
  tests::virtual_clock time{loop};
  auto count = [&](net::received_request request) {
    if (answered++ == 0) asio::post(loop, [&] { answered_at_turn = answered; });
    return echo(std::move(request));
  };
  net::http_server server(loop.get_executor(), time, {}, count, refusal);
  REQUIRE(server.listen({asio::ip::address_v4::loopback(), 0}));
  server.start();
  asio::ip::tcp::socket hasty(loop);
  hasty.connect(server.address());
  std::string all;
  for (int i = 0; i < requests; ++i) all += get("/a");
  asio::write(hasty, asio::buffer(all));
  while (answered < requests) loop.run_one();
  CHECK(answered_at_turn < 3);
  server.stop();
  time.settle();
}

TEST_CASE("HEAD is answered with the length of a body that does not come") {
  bench at;
  client asks(at);
  asks.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + get("/b"));
  const auto answer = asks.receive_until("GET /b");
  CHECK(answer.contains("Content-Length: 7\r\n"));
  CHECK_FALSE(answer.contains("HEAD /a"));
}

TEST_CASE("What a client holds already has no length, and the next answer follows") {
  bench at;
  client asks(at);
  asks.send(get("/held") + get("/b"));
  const auto answer = asks.receive_until("GET /b");
  CHECK(answer.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  CHECK_FALSE(answer.substr(0, answer.find("\r\n\r\n")).contains("Content-Length"));
}

TEST_CASE("A client that waits for 100 Continue gets it") {
  bench at;
  client asks(at);
  asks.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(asks.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  asks.send("hi");
  CHECK(asks.receive_until("POST /a").contains("HTTP/1.1 200 OK"));
}

TEST_CASE("A request that cannot be served is refused, and ends the connection") {
  bench at;
  client asks(at);
  asks.send("nonsense\r\n\r\n" + get("/a"));
  CHECK(asks.receive_until("\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(asks.receive_until("/a").find("GET /a") == std::string::npos);
  CHECK(asks.is_closed());
}

TEST_CASE("A whole request has one deadline, however many bytes come on the way") {
  bench at;
  client slow(at);
  for (const std::string_view piece : {"GE", "T ", "/ ", "HT", "TP", "/1", ".1", "\r\n", "X:"}) {
    slow.send(piece);
    CHECK(slow.is_waiting());
    at.time.advance(model::seconds(1));
  }
  at.time.advance(model::seconds(1));
  CHECK(slow.receive_until("\r\n\r\n").starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  CHECK(slow.is_closed());
}

TEST_CASE("Who says nothing is let go without a word, later where requests were served before") {
  bench at;
  client silent(at);
  client idle(at);
  idle.send(get("/a"));
  idle.receive_until("GET /a");
  at.time.advance(model::seconds(11));
  CHECK(silent.is_closed());
  CHECK(silent.receive_until(" ").empty());
  idle.send(get("/b"));
  CHECK(idle.receive_until("GET /b").contains("GET /b"));
  at.time.advance(model::seconds(61));
  CHECK(idle.is_closed());
}

TEST_CASE("A client that does not read its answer is cut off") {
  bench at;
  client deaf(at);
  deaf.send(get("/large"));
  at.time.advance(model::seconds(600));
  CHECK(at.server.connections() == 0);
}

TEST_CASE("Answers that nobody reads have a bound together") {
  net::server_limits limits;
  limits.waiting_answers = 10 * 1024 * 1024;
  bench at(limits);
  client first(at);
  client second(at);
  first.send(get("/large"));
  second.send(get("/large"));
  CHECK(second.receive_until("\r\n\r\n").starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  at.time.advance(model::seconds(600));
  client third(at);
  third.send(get("/large"));
  CHECK(third.receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("Clients that do not read an answer in common hold one body together, and no copy of it") {
  net::server_limits limits;
  limits.waiting_answers = large;
  bench at(limits);
  const auto held_before = common_body.use_count();
  std::list<client> deaf;
  for (int i = 0; i < 100; ++i) deaf.emplace_back(at).send(get("/common"));
  CHECK(common_body.use_count() >= held_before + 100);
  client other(at);
  other.send(get("/a"));
  CHECK(other.receive_until("\r\n\r\n").starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  const auto answer = deaf.front().receive_until(std::string(large, 'x'));
  CHECK(answer.contains(fmt::format("Content-Length: {}\r\n", large)));
  CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == *common_body);
  deaf.clear();
  at.time.advance(model::seconds(600));
  CHECK(common_body.use_count() == held_before);
  other.send(get("/b"));
}

TEST_CASE("Any number of slow clients leaves room for a new one") {
  net::server_limits limits;
  limits.connections = 8;
  bench at(limits);
  std::list<client> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(at).send("GET / HTTP/1.1\r\nX: ");
    at.time.advance(model::milliseconds(1));
    CHECK(at.server.connections() <= limits.connections);
  }
  client asks(at);
  asks.send(get("/a"));
  CHECK(asks.receive_until("GET /a").contains("GET /a"));
}

TEST_CASE("A full server lets the connection go that has been idle the longest") {
  net::server_limits limits;
  limits.connections = 2;
  bench at(limits);
  client busy(at);
  busy.send("GET /a HTTP/1.1\r\n");
  client idle(at);
  idle.send(get("/b"));
  idle.receive_until("GET /b");
  at.time.advance(model::seconds(1));
  client comes(at);
  CHECK(idle.is_closed());
  busy.send("Host: h\r\n\r\n");
  CHECK(busy.receive_until("GET /a").contains("GET /a"));
}

TEST_CASE("An address that is taken is told with the reason") {
  bench at;
  asio::io_context loop;
  tests::virtual_clock time(loop);
  net::http_server second(loop.get_executor(), time, {}, echo, refusal);
  const auto refused = second.listen(at.server.address());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == model::error_kind::unavailable);
  CHECK(refused.error().text.contains("cannot listen on 127.0.0.1:" + std::to_string(at.server.address().port())));
  CHECK(refused.error().text.contains("in use"));
}

TEST_CASE("A live body is sent as it comes, with signs of life, and ends with the connection") {
  bench at;
  {
    client listens(at);
    listens.send(get("/live"));
    const auto begin = listens.receive_until("alive;");
    CHECK(begin.contains("HTTP/1.1 200 OK\r\n"));
    CHECK(begin.contains("Connection: close\r\n\r\nalive;"));
    CHECK_FALSE(begin.contains("Content-Length"));
    station.say("news;");
    CHECK(listens.receive_until("news;").ends_with("alive;news;"));
    at.time.advance(model::seconds(14));
    CHECK(listens.receive_until("news;").ends_with("news;"));
    at.time.advance(model::seconds(600));
    CHECK(listens.receive_until("news;alive;").contains("news;alive;"));
    CHECK(station.listeners == 1);
  }
  at.time.settle();
  CHECK(station.listeners == 0);
  CHECK(at.server.connections() == 0);
}

TEST_CASE("HEAD of a live body has no body and no end to wait for") {
  bench at;
  client asks(at);
  asks.send("HEAD /live HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(asks.is_closed());
  CHECK(asks.receive_until("alive").ends_with("Connection: close\r\n\r\n"));
  CHECK(station.listeners == 0);
}

TEST_CASE("Who listens and does not take what it is sent is cut off") {
  bench at;
  client deaf(at);
  deaf.send(get("/live"));
  station.say(std::string(large, 'x'));
  at.time.settle();
  at.time.advance(model::seconds(9));
  CHECK(station.listeners == 1);
  at.time.advance(model::seconds(2));
  CHECK(station.listeners == 0);
  CHECK(at.server.connections() == 0);
}

TEST_CASE("Who listens keeps its place where a full server ends another") {
  net::server_limits limits;
  limits.connections = 2;
  bench at(limits);
  client listens(at);
  listens.send(get("/live"));
  listens.receive_until("alive;");
  at.time.advance(model::seconds(5));
  client idle(at);
  idle.send(get("/a"));
  idle.receive_until("GET /a");
  client newest(at);
  newest.send(get("/b"));
  CHECK(newest.receive_until("GET /b").contains("GET /b"));
  CHECK(idle.is_closed());
  CHECK(station.listeners == 1);
}

TEST_CASE("The end of the server ends those who listen, whether or not they take what they are sent") {
  bench at;
  client listens(at);
  listens.send(get("/live"));
  listens.receive_until("alive;");
  client deaf(at);
  deaf.send(get("/live"));
  station.say(std::string(large, 'x'));
  at.time.settle();
  CHECK(station.listeners == 2);
  at.server.stop();
  at.time.settle();
  CHECK(station.listeners == 0);
  CHECK(listens.is_closed());
  station.text.clear();
}
