#include "net/tcp_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <sys/socket.h>

#include <array>
#include <string_view>

using namespace edge_rollup;
using net::io_state;

namespace {

struct waiting final : net::ready_listener {
  bool told = false;
  void ready() override { told = true; }
};

struct bench {
  boost::asio::io_context loop{1};
  net::ready_set set{loop.get_executor()};
  boost::asio::ip::tcp::acceptor peer{loop, {boost::asio::ip::address_v4::loopback(), 0}};
  net::tcp_stream stream{set, peer.local_endpoint()};
};

int keep_alive_of(net::tcp_stream& stream) {
  int on = -1;
  ::socklen_t size = sizeof on;
  REQUIRE(::getsockopt(stream.descriptor(), SOL_SOCKET, SO_KEEPALIVE, &on, &size) == 0);
  return on;
}

}  // namespace

TEST_CASE("a connection has come about when the system says so, not when somebody asks again") {
  bench f;
  REQUIRE(f.stream.try_connect().state == io_state::want_write);
  CHECK(f.stream.try_connect().state == io_state::want_write);  // woken up for nothing
  waiting listener;
  f.stream.tell_when_ready(net::direction::write, listener);
  f.loop.run();
  REQUIRE(listener.told);
  CHECK(f.stream.try_connect().state == io_state::done);
}

TEST_CASE("what a peer said before it broke the connection is read, though no event has told of it") {
  bench f;
  net::tcp_stream other(f.set, f.peer.local_endpoint());
  waiting of_stream, of_other, never;
  REQUIRE(f.stream.try_connect().state == io_state::want_write);
  REQUIRE(other.try_connect().state == io_state::want_write);
  f.stream.tell_when_ready(net::direction::write, of_stream);
  other.tell_when_ready(net::direction::write, of_other);
  auto far = f.peer.accept();
  const auto far_of_other = f.peer.accept();
  f.loop.run();
  other.tell_when_ready(net::direction::read, never);  // events are taken by the loop only while somebody waits

  const std::string_view words = "too large";
  REQUIRE(f.stream.try_write(std::string_view("a part of it")).count == 12);
  far.send(boost::asio::buffer(words));
  far.close();  // with the part unread: the connection is reset
  REQUIRE(f.stream.try_write(std::string_view("more of it")).state == io_state::failed);
  std::array<char, 64> buffer{};
  const auto said = f.stream.try_read(buffer);
  CHECK(std::string_view(buffer.data(), said.count) == words);
  other.cancel();
  f.loop.restart();
  f.loop.run();
}

TEST_CASE("a connection is probed from when it is kept, and not before") {
  bench f;
  REQUIRE(f.stream.try_connect().state == io_state::want_write);
  CHECK(keep_alive_of(f.stream) == 0);
  f.stream.probe_while_idle();
  f.stream.probe_while_idle();
  CHECK(keep_alive_of(f.stream) == 1);
}
