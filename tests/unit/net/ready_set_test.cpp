#include "net/ready_set.hpp"

#include "runtime/descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

using namespace edge_rollup;
using net::direction;

namespace {

/// Counts its calls and does what a test wants done in them.
struct counting_listener final : net::ready_listener {
  int calls = 0;
  std::function<void()> then = [] {};

  void ready() override {
    ++calls;
    then();
  }
};

/// One end of a connection in a set, and the other end.
struct connection {
  explicit connection(net::ready_set& set) : readiness(std::in_place, set) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    near = runtime::descriptor(ends[0]);
    far = runtime::descriptor(ends[1]);
    REQUIRE(readiness->join(near.get()) == 0);
  }

  void send_from_far(std::string_view bytes) const {
    REQUIRE(::write(far.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }

  runtime::descriptor near{-1}, far{-1};
  std::optional<net::ready_set::member> readiness;
};

struct bench {
  boost::asio::io_context loop{1};
  net::ready_set set{loop.get_executor()};
  counting_listener listener;

  void turn() {
    loop.restart();
    loop.poll();
  }
};

}  // namespace

TEST_CASE("a listener is called once when bytes come, and not before") {
  bench b;
  connection one(b.set);
  one.readiness->tell_when_ready(direction::read, b.listener);
  b.turn();
  CHECK(b.listener.calls == 0);
  one.send_from_far("x");
  b.turn();
  CHECK(b.listener.calls == 1);
  one.send_from_far("y");
  b.turn();
  CHECK(b.listener.calls == 1);
}

TEST_CASE("what came while nobody listened is known to who asks, and waits for nobody") {
  bench b;
  connection one(b.set);
  CHECK_FALSE(one.readiness->may_read());
  one.send_from_far("x");
  CHECK(one.readiness->may_read());
  one.readiness->tell_when_ready(direction::read, b.listener);
  CHECK(b.listener.calls == 0);  // never from within the call
  b.turn();
  CHECK(b.listener.calls == 1);
}

TEST_CASE("after the end of what there was, only something new is told") {
  bench b;
  connection one(b.set);
  one.send_from_far("x");
  REQUIRE(one.readiness->may_read());
  char byte = 0;
  REQUIRE(::read(one.near.get(), &byte, 1) == 1);
  one.readiness->exhausted(direction::read);
  CHECK_FALSE(one.readiness->may_read());
  one.readiness->tell_when_ready(direction::read, b.listener);
  b.turn();
  CHECK(b.listener.calls == 0);
  one.send_from_far("y");
  b.turn();
  CHECK(b.listener.calls == 1);
}

TEST_CASE("the end of a connection can be read however often") {
  bench b;
  connection one(b.set);
  one.far = runtime::descriptor(-1);
  CHECK(one.readiness->may_read());
  one.readiness->exhausted(direction::read);
  CHECK(one.readiness->may_read());
}

TEST_CASE("who waits until there is room is told when there is") {
  bench b;
  connection one(b.set);
  const std::array<char, 4096> bytes{};
  while (::write(one.near.get(), bytes.data(), bytes.size()) > 0) continue;
  one.readiness->exhausted(direction::write);
  b.turn();
  one.readiness->exhausted(direction::write);  // also that there was room when it joined
  one.readiness->tell_when_ready(direction::write, b.listener);
  std::array<char, 65536> sink{};
  while (::read(one.far.get(), sink.data(), sink.size()) > 0) continue;
  b.turn();
  CHECK(b.listener.calls == 1);
}

TEST_CASE("a cancelled wait is told soon, and not from within the cancel") {
  bench b;
  connection one(b.set);
  one.readiness->tell_when_ready(direction::read, b.listener);
  one.readiness->cancel();
  CHECK(b.listener.calls == 0);
  b.turn();
  CHECK(b.listener.calls == 1);
  one.readiness->cancel();  // nobody waits
  b.turn();
  CHECK(b.listener.calls == 1);
}

TEST_CASE("a wait that is cancelled twice is told once, and the one that follows is not") {
  bench b;
  connection one(b.set);
  b.listener.then = [&] {
    if (b.listener.calls == 1) one.readiness->tell_when_ready(direction::read, b.listener);
  };
  one.readiness->tell_when_ready(direction::read, b.listener);
  one.readiness->cancel();
  one.readiness->cancel();
  b.turn();
  CHECK(b.listener.calls == 1);
  one.readiness->cancel();
  b.turn();
  CHECK(b.listener.calls == 2);
}

TEST_CASE("the loop ends where nobody waits, however many connections there are") {
  bench b;
  connection one(b.set), other(b.set);
  one.readiness->tell_when_ready(direction::read, b.listener);
  b.turn();
  one.readiness->cancel();
  b.loop.restart();
  b.loop.run();  // else for ever
  CHECK(b.listener.calls == 1);
}

TEST_CASE("a listener may end a connection of which an event came in the same turn") {
  bench b;
  connection one(b.set);
  auto other = std::make_unique<connection>(b.set);
  one.readiness->tell_when_ready(direction::read, b.listener);
  one.send_from_far("x");
  other->send_from_far("x");
  b.listener.then = [&other] { other.reset(); };
  b.turn();
  CHECK(b.listener.calls == 1);
}

TEST_CASE("a connection that ends after its cancelled wait is over is told no more") {
  bench b;
  auto one = std::make_unique<connection>(b.set);
  one->readiness->tell_when_ready(direction::read, b.listener);
  one->readiness->cancel();
  one->readiness->cancel();
  b.listener.then = [&one] { one.reset(); };
  b.turn();
  CHECK(b.listener.calls == 1);
}

TEST_CASE("more connections than are told in one turn are all told") {
  bench b;
  constexpr std::size_t many = 2 * net::ready_set::events_a_turn + 1;
  std::vector<std::unique_ptr<connection>> connections;
  for (std::size_t made = 0; made < many; ++made) {
    connections.push_back(std::make_unique<connection>(b.set));
    connections.back()->readiness->tell_when_ready(direction::read, b.listener);
    connections.back()->send_from_far("x");
  }
  b.turn();
  CHECK(b.listener.calls == static_cast<int>(many));
}
