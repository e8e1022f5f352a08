// What a peer can do with a connection that is kept between two rounds: nothing is ever read as another answer.
#include "hostile/row.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <latch>

using namespace std::chrono_literals;

namespace edge_rollup::tests {
namespace {

constexpr std::uint64_t unsolicited = 666;

std::string answer_of(std::uint64_t records) {
  return ok_answer(fmt::format(R"({{"record_count": {}, "quality_score": 0.5}})", records));
}

expectation answers(std::uint64_t records) {
  expectation expected;
  expected.summary.record_count = records;
  return expected;
}

/// Two rounds with kept connections. The peer says its connection's number as record count wherever it behaves.
struct two_rounds {
  explicit two_rounds(script each, model::milliseconds timeout = patient_timeout) : peer(std::move(each)) {
    nodes.add(peer.url()).timeout = timeout;
  }

  scripted_peer peer;
  neighbourhood nodes{{.keep_alive = true}};
};

TEST_CASE("reuse: a kept connection is used again", "[hostile]") {
  two_rounds test([](peer_connection& peer) { says(answer_of(peer.number()))(peer); });
  test.nodes.check_round({answers(1)});
  test.nodes.check_round({answers(1)});
  CHECK(test.peer.connections() == 1);
}

TEST_CASE("reuse: the peer closes on the second request", "[hostile]") {
  two_rounds test([](peer_connection& peer) {
    if (peer.number() > 1) return says(answer_of(peer.number()))(peer);
    if (!peer.request().empty() && peer.send(answer_of(1))) (void)peer.request();
  });
  test.nodes.check_round({answers(1)});
  test.nodes.check_round({answers(2)});
}

TEST_CASE("reuse: the peer resets on the second request", "[hostile]") {
  two_rounds test([](peer_connection& peer) {
    if (peer.number() > 1) return says(answer_of(peer.number()))(peer);
    peer.reset_on_close();
    if (!peer.request().empty() && peer.send(answer_of(1))) (void)peer.request();
  });
  test.nodes.check_round({answers(1)});
  test.nodes.check_round({answers(2)});
}

TEST_CASE("reuse: the peer hangs on the second request", "[hostile]") {
  two_rounds test(
      [](peer_connection& peer) {
        if (!peer.request().empty() && peer.send(answer_of(1))) peer.wait_for_close();
      },
      short_timeout);
  test.nodes.check_round({answers(1)});
  test.nodes.check_round({{model::failure_kind::timeout, "while waiting for the answer"}});
}

TEST_CASE("reuse: the peer closes after each answer without a word", "[hostile]") {
  two_rounds test([](peer_connection& peer) { says_and_closes(answer_of(peer.number()))(peer); });
  test.nodes.check_round({answers(1)});
  test.nodes.check_round({answers(2)});
}

TEST_CASE("reuse: bytes come behind the answer", "[hostile]") {
  two_rounds test([](peer_connection& peer) { says(answer_of(peer.number()) + "behind")(peer); });
  test.nodes.check_round({answers(1)});
  test.nodes.check_round({answers(2)});
}

TEST_CASE("reuse: an unsolicited second answer comes at once", "[hostile]") {
  two_rounds test([](peer_connection& peer) { says(answer_of(peer.number()) + answer_of(unsolicited))(peer); });
  test.nodes.check_round({answers(1)});
  test.nodes.check_round({answers(2)});
}

TEST_CASE("reuse: an unsolicited second answer comes a second later", "[hostile]") {
  std::latch came(1);
  two_rounds test([&came](peer_connection& peer) {
    if (peer.number() > 1) return says(answer_of(peer.number()))(peer);
    if (peer.request().empty() || !peer.send(answer_of(1)) || !peer.linger(1s)) return;
    peer.send(answer_of(unsolicited));
    came.count_down();
    peer.wait_for_close();
  });
  test.nodes.check_round({answers(1)});
  came.wait();
  test.nodes.check_round({answers(2)});
}

TEST_CASE("reuse: an unsolicited interim answer comes a second later", "[hostile]") {
  std::latch came(1);
  two_rounds test([&came](peer_connection& peer) {
    if (peer.number() > 1) return says(answer_of(peer.number()))(peer);
    if (peer.request().empty() || !peer.send(answer_of(1)) || !peer.linger(1s)) return;
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    came.count_down();
    peer.wait_for_close();
  });
  test.nodes.check_round({answers(1)});
  came.wait();
  test.nodes.check_round({answers(2)});
}

}  // namespace
}  // namespace edge_rollup::tests
