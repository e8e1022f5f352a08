// A poller with nodes of a fake network, on a clock that a test advances.
#pragma once

#include "model/poll_outcome.hpp"
#include "poll/poller.hpp"
#include "runtime/task_scope.hpp"
#include "support/fake_network.hpp"
#include "support/memory_log.hpp"
#include "support/virtual_clock.hpp"
#include "wire/url.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

inline constexpr auto timeout = std::chrono::seconds{8};
inline const std::string good_answer = http_text(200, summary_text(100));

inline fake_host answers(std::vector<piece> pieces) {
  return {.answer = [pieces](const std::string&) { return pieces; }};
}

inline const fake_host silent{.answer = [](const std::string&) { return std::vector<piece>{}; }};
inline const fake_host black_hole{.connecting = on_connect::ignore};

inline fake_host dripping(std::size_t bytes, std::chrono::milliseconds pace) {
  std::vector<piece> drops(bytes, piece{pace, "x"});
  drops.insert(drops.begin(), piece{std::chrono::milliseconds{0}, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"});
  return answers(drops);
}

inline std::string address(std::size_t node) {
  return "127.1." + std::to_string(node / 250) + "." + std::to_string(node % 250 + 1);
}

/// Nodes of a fake network and a poller that asks them.
struct poller_bench {
  boost::asio::io_context loop;
  virtual_clock clock{loop};
  fake_network network{clock};
  memory_log messages;
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

  void change_nodes() { poller->change_nodes(list()); }

  static runtime::task<void> ask(poller_bench& f) {
    const auto started = f.clock.now();
    f.outcomes = co_await f.poller->ask_all();
    f.took = f.clock.now() - started;
    f.done = true;
  }

  [[nodiscard]] poll::node_list list() const { return std::make_shared<const std::vector<model::node>>(nodes); }

  void make_poller() {
    poller = std::make_unique<poll::poller>(poll::poller_parts{loop.get_executor(), clock, network, messages}, options,
                                            descriptors, list());
  }

  void begin() {
    if (!poller) make_poller();
    done = false;
    scope.spawn(ask(*this));
  }

  void run_round() {
    begin();
    clock.advance(10 * timeout);
    REQUIRE(done);
  }

  [[nodiscard]] std::size_t ok_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(outcomes, [](const auto& each) { return each.ok(); }));
  }
};

}  // namespace edge_rollup::tests
