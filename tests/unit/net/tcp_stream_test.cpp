#include "net/tcp_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <sys/socket.h>

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

TEST_CASE("a connection is probed from when it is kept, and not before") {
  bench f;
  REQUIRE(f.stream.try_connect().state == io_state::want_write);
  CHECK(keep_alive_of(f.stream) == 0);
  f.stream.probe_while_idle();
  f.stream.probe_while_idle();
  CHECK(keep_alive_of(f.stream) == 1);
}
