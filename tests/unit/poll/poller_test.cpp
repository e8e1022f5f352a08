#include "poll/poller.hpp"

#include "support/poller_bench.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace edge_rollup::tests;
using namespace std::chrono_literals;
using model::failure_kind;

TEST_CASE("each way a node can answer becomes its outcome and nobody else's") {
  struct row {
    const char* name;
    fake_host host;
    std::optional<failure_kind> failure;
    std::string says;
  };
  const std::vector<row> rows = {
      {"healthy", answers({{5ms, good_answer}}), {}, ""},
      {"in many pieces",
       answers({{1ms, good_answer.substr(0, 10)}, {1ms, good_answer.substr(10, 30)}, {1ms, good_answer.substr(40)}}),
       {},
       ""},
      {"refuses", {.connecting = on_connect::refuse}, failure_kind::connect, "refused"},
      {"black hole", black_hole, failure_kind::timeout, "timed out after 8 s while connecting"},
      {"accepts and hangs", silent, failure_kind::timeout, "while waiting for the answer"},
      {"hangs after the header", answers({{1ms, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}}),
       failure_kind::timeout, "while reading the answer"},
      {"drips", dripping(100, 1s), failure_kind::timeout, "while reading the answer"},
      {"closes at once", answers({{1ms, "", piece_end::close}}), failure_kind::reset, "before any answer"},
      {"resets in the body", answers({{1ms, good_answer.substr(0, 50), piece_end::reset}}), failure_kind::reset,
       "reset"},
      {"too large", answers({{1ms, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"}}), failure_kind::too_large,
       "100000000"},
      {"an error status", answers({{1ms, http_text(503, "busy")}}), failure_kind::http_status, "HTTP 503"},
      {"garbage", answers({{1ms, "SSH-2.0-OpenSSH_9.2\r\n"}}), failure_kind::protocol, "not an HTTP/1.x answer"},
      {"no JSON", answers({{1ms, http_text(200, "<html>")}}), failure_kind::bad_json, ""},
      {"a bad summary", answers({{1ms, http_text(200, "{}")}}), failure_kind::bad_summary, "record_count"},
  };
  poller_bench f;
  for (const auto& row : rows) {
    f.add(row.host);
    f.add(healthy_host(7));
  }
  f.run_round();
  CHECK(f.took == timeout);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    INFO(rows[i].name);
    const auto& outcome = f.outcomes[2 * i];
    CHECK(outcome.ok() == !rows[i].failure.has_value());
    if (!outcome.ok()) {
      CHECK(outcome.answer.error().kind == *rows[i].failure);
      INFO(outcome.answer.error().message);
      CHECK(outcome.answer.error().message.find(rows[i].says) != std::string::npos);
    }
    const auto& neighbour = f.outcomes[2 * i + 1];
    REQUIRE(neighbour.ok());
    CHECK(neighbour.answer->record_count == 7);
    CHECK(neighbour.latency == 1ms);
  }
}

TEST_CASE("at most `parallel` polls are in flight while all make progress") {
  poller_bench f;
  f.options.parallel = 10;
  for (int i = 0; i < 100; ++i) f.add(healthy_host(1, 20ms));
  f.run_round();
  CHECK(f.ok_count() == 100);
  CHECK(f.network.most_open == 10);
  CHECK(f.took == 10 * 20ms);
}

TEST_CASE("a silent or a dripping node does not hold up the others, even with one slot") {
  poller_bench f;
  f.options.parallel = 1;
  f.add(silent);
  f.add(dripping(1'000, 50ms));
  f.add(black_hole);
  for (int i = 0; i < 50; ++i) f.add(healthy_host(1, 1ms));
  f.run_round();
  CHECK(f.ok_count() == 50);
  for (int i = 0; i < 3; ++i)
    CHECK(f.outcomes[static_cast<std::size_t>(i)].answer.error().kind == failure_kind::timeout);
  // Slots come free after 1 s of silence, then sooner: 1 s of dripping, 250 ms of silence.
  CHECK(f.took == timeout + 2s);
}

TEST_CASE("one slot and a hundred hanging nodes make a round of about one timeout all the same") {
  poller_bench f;
  f.options.parallel = 1;
  for (int i = 0; i < 100; ++i) f.add(i % 2 == 0 ? silent : dripping(1'000, 50ms));
  for (int i = 0; i < 10; ++i) f.add(healthy_host(1, 1ms));
  f.run_round();
  CHECK(f.ok_count() == 10);
  CHECK(f.took <= timeout * 3 / 2);
}

TEST_CASE("more black holes than slots leave the healthy nodes alone in the next round") {
  poller_bench f;
  f.options.parallel = 10;
  for (int i = 0; i < 60; ++i) f.add(i < 30 ? black_hole : healthy_host(1, 1ms));
  f.run_round();
  CHECK(f.ok_count() == 30);
  CHECK(f.took == timeout + 1s + 500ms);
  f.run_round();
  CHECK(f.ok_count() == 30);
  for (std::size_t i = 30; i < 60; ++i) CHECK(f.outcomes[i].latency == 1ms);
}

TEST_CASE("descriptors bound what is open, and every node is still asked") {
  poller_bench f;
  f.descriptors = 7;
  f.options.keep_alive = true;
  for (int i = 0; i < 100; ++i) f.add(healthy_host(1));
  f.run_round();
  CHECK(f.ok_count() == 100);
  CHECK(f.network.most_open <= 7);
  CHECK(f.network.open_now == 3);  // as many as leave room
  f.run_round();
  CHECK(f.ok_count() == 100);
  CHECK(f.network.most_open <= 7);
  CHECK(f.network.connects == 100 + 97);
  CHECK(f.messages.count("leaves 7 connections for 100 nodes") == 1);
}

TEST_CASE("a name that is found in the very tick in which time is up ends the poll, and the round") {
  poller_bench f;
  f.network.names["slow"] = {"127.0.0.9"};
  f.network.lookup_time = timeout;
  f.network.hosts[{"127.0.0.9", 8080}] = silent;
  f.add("http://slow:8080");
  f.run_round();
  CHECK(f.outcomes[0].answer.error().kind == failure_kind::timeout);
  CHECK(f.took == timeout);
}

TEST_CASE("a summary is asked for once more after a reset or a refused connection, as often as configured") {
  for (const int retries : {0, 1, 3}) {
    poller_bench f;
    f.options.retries = retries;
    f.add(answers({{1ms, "HTTP/1.1 200", piece_end::reset}}));
    f.add(fake_host{.connecting = on_connect::refuse});
    f.add(answers({{1ms, http_text(500, "")}}));
    f.network.names["refusing"] = {"127.0.0.9"};
    f.network.hosts[{"127.0.0.9", 8080}] = fake_host{.connecting = on_connect::refuse};
    f.add("http://refusing:8080");
    f.run_round();
    CHECK(f.network.connects == 3 * (1 + static_cast<std::size_t>(retries)) + 1);
    CHECK(f.outcomes[0].answer.error().kind == failure_kind::reset);
  }
}

TEST_CASE("a thousand nodes that are refused at once leave turns of the loop to others") {
  poller_bench f;
  for (int i = 0; i < 1'000; ++i) f.add(fake_host{.connecting = on_connect::refuse});
  std::size_t turns = 0;
  std::function<void()> take_turn = [&] {
    ++turns;
    if (!f.done) boost::asio::post(f.loop, take_turn);
  };
  boost::asio::post(f.loop, take_turn);
  f.run_round();
  CHECK(f.done);
  CHECK(turns > 20);
}

TEST_CASE("a changed list keeps what is known of the nodes that stay, in whatever order, and lets the others go") {
  poller_bench f;
  f.options.keep_alive = true;
  f.options.breaker = true;
  f.options.interval = 10 * timeout;
  for (int i = 0; i < 4; ++i) f.add(healthy_host(static_cast<std::uint64_t>(i)));
  f.add(fake_host{.connecting = on_connect::refuse});
  for (int round = 0; round < 5; ++round) f.run_round();
  REQUIRE(f.network.open_now == 4);
  const auto connects = f.network.connects;

  const auto before = std::exchange(f.nodes, {});
  f.nodes = {before[4], before[2], before[1]};
  f.nodes[2].labels = {{"site", "north"}};
  f.network.hosts[{address(9), 8080}] = healthy_host(9);
  f.add("http://" + address(9) + ":8080");
  f.change_nodes();
  CHECK(f.network.open_now == 2);
  f.run_round();
  REQUIRE(f.outcomes.size() == 4);
  CHECK(f.outcomes[0].answer.error().kind == failure_kind::skipped);
  CHECK(f.outcomes[1].answer->record_count == 2);
  CHECK(f.outcomes[2].answer->record_count == 1);
  CHECK(f.outcomes[3].answer->record_count == 9);
  CHECK(f.network.connects == connects + 1);

  f.nodes.erase(f.nodes.begin());
  SECTION("a changed path is asked for on the same connection") {
    f.nodes[1].path = "/elsewhere";
    f.change_nodes();
    f.run_round();
    CHECK(f.network.connects == connects + 1);
    CHECK(std::ranges::any_of(f.network.requests, [](const auto& each) { return each.contains("GET /elsewhere "); }));
  }
  SECTION("credentials that change are sent on the same connection") {
    f.nodes[1].auth = std::make_shared<const model::credentials>(
        model::credentials{model::auth_scheme::bearer, {}, {{{model::secret::part::source::text, "new"}}}});
    f.change_nodes();
    f.run_round();
    CHECK(f.network.connects == connects + 1);
    CHECK(std::ranges::any_of(f.network.requests, [](const auto& each) { return each.contains("Bearer new"); }));
  }
  SECTION("other TLS options need another connection") {
    f.nodes[1].tls = std::make_shared<const model::tls_options>(model::tls_options{"/etc/ca.pem", "", ""});
    f.change_nodes();
    f.run_round();
    CHECK(f.network.connects == connects + 2);
  }
  SECTION("the default TLS options spelled out are the same") {
    f.nodes[1].tls = std::make_shared<const model::tls_options>();
    f.change_nodes();
    f.run_round();
    CHECK(f.network.connects == connects + 1);
  }
  SECTION("an empty list closes everything") {
    f.nodes.clear();
    f.change_nodes();
    CHECK(f.network.open_now == 0);
    f.run_round();
    CHECK(f.outcomes.empty());
  }
}

TEST_CASE("a node that keeps failing is only probed, and its last error stays visible") {
  poller_bench f;
  f.options.breaker = true;
  f.options.interval = 10 * timeout;  // as long as run_round lets pass
  f.add(fake_host{.connecting = on_connect::refuse});
  f.add(healthy_host(1));
  for (int round = 1; round <= 5; ++round) {
    f.run_round();
    CHECK(f.outcomes[0].answer.error().kind == failure_kind::connect);
  }
  const auto connects = f.network.connects;
  f.run_round();
  REQUIRE_FALSE(f.outcomes[0].ok());
  CHECK(f.outcomes[0].answer.error().kind == failure_kind::skipped);
  CHECK(f.outcomes[0].answer.error().message == "not asked for another 60 s, it keeps failing: refused");
  CHECK(f.outcomes[0].latency == 0ms);
  CHECK(f.outcomes[1].ok());
  CHECK(f.network.connects == connects + 1);
  f.network.hosts[{address(0), 8080}] = healthy_host(7);
  f.run_round();
  CHECK(f.outcomes[0].ok());
  f.run_round();
  CHECK(f.outcomes[0].ok());
}

TEST_CASE("a round that is cut short keeps what it has and cancels the rest") {
  poller_bench f;
  f.options.parallel = 3;
  f.add(healthy_host(1));
  for (int i = 0; i < 20; ++i) f.add(silent);
  f.begin();
  f.clock.advance(500ms);
  CHECK_FALSE(f.done);
  f.poller->cut_short();
  f.clock.settle();
  REQUIRE(f.done);
  CHECK(f.took == 500ms);
  CHECK(f.ok_count() == 1);
  for (std::size_t i = 1; i <= 20; ++i) CHECK(f.outcomes[i].answer.error().kind == failure_kind::cancelled);

  // Cut in the very tick in which it began: polls are due to start but none has.
  f.begin();
  f.loop.restart();
  f.loop.poll_one();
  f.poller->cut_short();
  f.clock.settle();
  REQUIRE(f.done);
  CHECK(f.ok_count() == 0);
}

TEST_CASE("ten thousand nodes, a tenth of them silent, take one timeout and leave nothing open") {
  poller_bench f;
  for (int i = 0; i < 10'000; ++i) f.add(i % 10 == 0 ? silent : healthy_host(static_cast<std::uint64_t>(i), 3ms));
  f.run_round();
  CHECK(f.ok_count() == 9'000);
  CHECK(f.took <= timeout + timeout / 8);
  CHECK(f.network.open_now == 0);
  f.run_round();
  CHECK(f.took <= timeout + 1s);
}
