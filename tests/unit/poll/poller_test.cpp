#include "poll/poller.hpp"

#include "support/fake_network.hpp"
#include "support/virtual_clock.hpp"
#include "wire/url.hpp"

#include <catch2/catch_test_macros.hpp>

#include <numeric>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::failure_kind;
using tests::fake_host;
using tests::http_text;
using tests::on_connect;
using tests::piece;
using tests::piece_end;
using tests::summary_text;

namespace {

constexpr auto timeout = 8s;
const std::string good_answer = http_text(200, summary_text(100));

fake_host answers(std::vector<piece> pieces) {
  return {.answer = [pieces](const std::string&) { return pieces; }};
}

const fake_host silent{.answer = [](const std::string&) { return std::vector<piece>{}; }};
const fake_host black_hole{.connecting = on_connect::ignore};

fake_host dripping(std::size_t bytes, std::chrono::milliseconds pace) {
  std::vector<piece> drops(bytes, piece{pace, "x"});
  drops.insert(drops.begin(), piece{0ms, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"});
  return answers(drops);
}

std::string address(std::size_t node) {
  return "127.1." + std::to_string(node / 250) + "." + std::to_string(node % 250 + 1);
}

/// Nodes of a fake network and a poller that asks them.
struct fixture {
  boost::asio::io_context loop;
  tests::virtual_clock clock{loop};
  tests::fake_network network{clock};
  poll::poll_options options;
  std::size_t descriptors = 100'000;
  std::vector<model::node> nodes;
  std::unique_ptr<poll::poller> poller;
  runtime::task_scope scope{loop.get_executor(), clock};
  std::vector<model::poll_outcome> outcomes;
  model::nanoseconds took{};
  bool done = false;

  model::node& add(const std::string& url) {
    model::node node;
    node.base = *wire::parse_node_url(url);
    node.url = wire::to_string(node.base);
    node.name = wire::default_node_name(node.base);
    node.path = "/data/summary";
    node.timeout = timeout;
    return nodes.emplace_back(std::move(node));
  }

  void add(const fake_host& host) {
    const auto where = address(nodes.size());
    network.hosts[{where, 8080}] = host;
    add("http://" + where + ":8080");
  }

  static runtime::task<void> ask(fixture& f) {
    const auto started = f.clock.now();
    f.outcomes = co_await f.poller->ask_all();
    f.took = f.clock.now() - started;
    f.done = true;
  }

  void begin() {
    if (!poller) {
      auto list = std::make_shared<const std::vector<model::node>>(nodes);
      poller =
          std::make_unique<poll::poller>(loop.get_executor(), clock, network, options, descriptors, std::move(list));
    }
    done = false;
    scope.spawn(ask(*this));
  }

  void run_round() {
    begin();
    clock.advance(10 * timeout);
    REQUIRE(done);
  }

  std::size_t ok_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(outcomes, [](const auto& each) { return each.ok(); }));
  }
};

}  // namespace

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
  fixture f;
  for (const auto& row : rows) {
    f.add(row.host);
    f.add(tests::healthy_host(7));
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
  fixture f;
  f.options.parallel = 10;
  for (int i = 0; i < 100; ++i) f.add(tests::healthy_host(1, 20ms));
  f.run_round();
  CHECK(f.ok_count() == 100);
  CHECK(f.network.most_open == 10);
  CHECK(f.took == 10 * 20ms);
}

TEST_CASE("a silent or a dripping node does not hold up the others, even with one slot") {
  fixture f;
  f.options.parallel = 1;
  f.add(silent);
  f.add(dripping(1'000, 50ms));
  f.add(black_hole);
  for (int i = 0; i < 50; ++i) f.add(tests::healthy_host(1, 1ms));
  f.run_round();
  CHECK(f.ok_count() == 50);
  for (int i = 0; i < 3; ++i)
    CHECK(f.outcomes[static_cast<std::size_t>(i)].answer.error().kind == failure_kind::timeout);
  // Slots come free after 1 s of silence, then sooner: 1 s of dripping, 250 ms of silence.
  CHECK(f.took == timeout + 2s);
}

TEST_CASE("one slot and a hundred hanging nodes make a round of about one timeout all the same") {
  fixture f;
  f.options.parallel = 1;
  for (int i = 0; i < 100; ++i) f.add(i % 2 == 0 ? silent : dripping(1'000, 50ms));
  for (int i = 0; i < 10; ++i) f.add(tests::healthy_host(1, 1ms));
  f.run_round();
  CHECK(f.ok_count() == 10);
  CHECK(f.took <= timeout * 3 / 2);
}

TEST_CASE("more black holes than slots leave the healthy nodes alone in the next round") {
  fixture f;
  f.options.parallel = 10;
  for (int i = 0; i < 60; ++i) f.add(i < 30 ? black_hole : tests::healthy_host(1, 1ms));
  f.run_round();
  CHECK(f.ok_count() == 30);
  CHECK(f.took == timeout + 1s + 500ms);
  f.run_round();
  CHECK(f.ok_count() == 30);
  for (std::size_t i = 30; i < 60; ++i) CHECK(f.outcomes[i].latency == 1ms);
}

TEST_CASE("descriptors bound what is open, and every node is still asked") {
  fixture f;
  f.descriptors = 7;
  f.options.keep_alive = true;
  for (int i = 0; i < 100; ++i) f.add(tests::healthy_host(1));
  f.run_round();
  CHECK(f.ok_count() == 100);
  CHECK(f.network.most_open <= 7);
  CHECK(f.network.open_now == 0);
}

TEST_CASE("kept connections are used again, one for each node") {
  fixture f;
  f.options.keep_alive = true;
  for (int i = 0; i < 5; ++i) f.add(tests::healthy_host(1));
  for (int round = 0; round < 10; ++round) f.run_round();
  CHECK(f.network.connects == 5);
  CHECK(f.network.requests.size() == 50);
}

TEST_CASE("connections are not kept where that is not wanted or not possible") {
  for (const auto* head : {"Connection: close\r\n", ""}) {
    fixture f;
    f.options.keep_alive = *head != '\0';
    const auto body = summary_text(1);
    const auto text = "HTTP/1.1 200 OK\r\n" + std::string(head) + "Content-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body;
    f.add(answers({{1ms, text}}));
    f.run_round();
    f.run_round();
    CHECK(f.network.connects == 2);
    CHECK(f.network.open_now == 0);
    CHECK(f.outcomes[0].ok());
  }
}

TEST_CASE("a kept connection that the node has closed meanwhile costs one fresh one and no error") {
  fixture f;
  f.options.keep_alive = true;
  f.options.retries = 0;
  int asked = 0;
  f.add(fake_host{.answer = [&asked](const std::string&) {
    // Every second request on the same connection meets a closed one.
    return ++asked % 3 == 2 ? std::vector<piece>{{0ms, "", piece_end::close}} : std::vector<piece>{{1ms, good_answer}};
  }});
  f.run_round();
  f.run_round();
  CHECK(f.outcomes[0].ok());
  CHECK(f.network.connects == 2);
}

TEST_CASE("what a node sends without being asked is never read as an answer") {
  struct row {
    const char* name;
    piece unasked;
  };
  for (const auto& row : std::vector<row>{{"a second answer", {300ms, http_text(200, summary_text(666))}},
                                          {"an error and a close", {300ms, http_text(408, ""), piece_end::close}},
                                          {"a close", {300ms, "", piece_end::close}}}) {
    INFO(row.name);
    fixture f;
    f.options.keep_alive = true;
    f.options.retries = 0;
    f.add(answers({{1ms, good_answer}, row.unasked}));
    for (int round = 0; round < 3; ++round) {
      f.run_round();
      REQUIRE(f.outcomes[0].ok());
      CHECK(f.outcomes[0].answer->record_count == 100);
    }
    CHECK(f.network.connects == 3);
  }
}

TEST_CASE("a name that is found in the very tick in which time is up ends the poll, and the round") {
  fixture f;
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
    fixture f;
    f.options.retries = retries;
    f.add(answers({{1ms, "HTTP/1.1 200", piece_end::reset}}));
    f.add(fake_host{.connecting = on_connect::refuse});
    f.add(answers({{1ms, http_text(500, "")}}));
    f.run_round();
    CHECK(f.network.connects == 2 * (1 + static_cast<std::size_t>(retries)) + 1);
    CHECK(f.outcomes[0].answer.error().kind == failure_kind::reset);
  }
}

TEST_CASE("a name with several addresses is tried until one connects") {
  fixture f;
  f.network.names["node-1"] = {"127.0.0.1", "127.0.0.2"};
  f.network.hosts[{"127.0.0.2", 8080}] = tests::healthy_host(5);
  f.add("http://node-1:8080");
  f.add("http://unknown:8080");
  f.run_round();
  CHECK(f.outcomes[0].ok());
  CHECK(f.outcomes[1].answer.error().kind == failure_kind::dns);
}

TEST_CASE("a node that keeps failing is only probed, and its last error stays visible") {
  fixture f;
  f.options.breaker = true;
  f.options.interval = 10 * timeout;  // as long as run_round lets pass
  f.add(fake_host{.connecting = on_connect::refuse});
  f.add(tests::healthy_host(1));
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
  f.network.hosts[{address(0), 8080}] = tests::healthy_host(7);
  f.run_round();
  CHECK(f.outcomes[0].ok());
  f.run_round();
  CHECK(f.outcomes[0].ok());
}

TEST_CASE("a round that is cut short keeps what it has and cancels the rest") {
  fixture f;
  f.options.parallel = 3;
  f.add(tests::healthy_host(1));
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
  fixture f;
  for (int i = 0; i < 10'000; ++i)
    f.add(i % 10 == 0 ? silent : tests::healthy_host(static_cast<std::uint64_t>(i), 3ms));
  f.run_round();
  CHECK(f.ok_count() == 9'000);
  CHECK(f.took <= timeout + timeout / 8);
  CHECK(f.network.open_now == 0);
  f.run_round();
  CHECK(f.took <= timeout + 1s);
}
