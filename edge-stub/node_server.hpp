// Many stub nodes in one process: each has an address of its own, one listening socket, and numbers that wander.
#pragma once

#include "edge-stub/behaviour.hpp"
#include "edge-stub/dice.hpp"
#include "edge-stub/request_head.hpp"
#include "edge-stub/stub_stream.hpp"
#include "edge-stub/summary_walk.hpp"
#include "edge-stub/tls_identity.hpp"

#include "model/result.hpp"
#include "model/time.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::stub {

struct node_options {
  runtime::asio::ip::tcp::endpoint listen{runtime::asio::ip::address_v4::loopback(),
                                          0};  ///< of the first node, IPv4; port 0 picks one port for all
  std::uint32_t count = 1;                     ///< nodes stand on addresses that count up from the first
  std::uint64_t records = 1'000;
  double quality = 0.95;         ///< 0..1
  double fail_rate = 0.0;        ///< share of requests that get a 503, 0..1
  model::milliseconds delay{0};  ///< before each answer
  std::uint64_t seed = 1;        ///< the same seed gives each node the same numbers again
  behaviour manner = good_behaviour;
  tls_files tls = {};  ///< the nodes speak https with them
};

/// Operation:    `listen` binds, `start` begins to accept on the loop, `stop` closes every socket, `join` waits for
///               the last of what went on.
/// Concurrency:  loop thread only.
/// Cancellation: `stop`.
/// Limits:       one descriptor for each node and each connection. When connections get scarce, answers end theirs
///               (`Connection: close`); when none is left, accepting waits. An idle connection costs a small buffer.
class node_server {
 public:
  node_server(runtime::asio::io_context& loop, runtime::clock& time, const node_options& options);

  /// Binds every address; raises the process's soft limit of descriptors first. Errors: usage (addresses run out),
  /// unavailable (an address is taken, or too few descriptors), those of tls_identity.
  [[nodiscard]] model::result<void> listen();
  /// "http://127.0.0.1:8080", in the order of the addresses.
  [[nodiscard]] std::vector<std::string> urls() const;
  /// Requests that came whole, over all nodes.
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  void start();
  void stop() noexcept;
  [[nodiscard]] runtime::task<void> join() { return tasks_.join(); }

 private:
  using tcp = runtime::asio::ip::tcp;

  struct stub_node {
    tcp::acceptor acceptor;
    summary_walk values;
  };

  struct connection {
    connection(tcp::socket socket, const tls_identity* identity, runtime::asio::io_context& loop)
        : stream(std::move(socket), identity), pause(loop) {}

    stub_stream stream;
    runtime::asio::steady_timer pause;
    std::string input;   ///< received and not yet answered
    std::string output;  ///< what the socket did not take at once
    std::uint64_t answered = 0;
  };
  using connection_entry = std::list<connection>::iterator;

  struct reply {
    answer_source source = answer_source::canned;
    answer_pace pace = answer_pace::at_once;
    answer_end end = answer_end::keep_alive;
    std::string_view canned = {};
    std::uint64_t filler_bytes = 0;
  };

  [[nodiscard]] model::result<void> bind_all(std::uint16_t port);
  [[nodiscard]] runtime::task<void> accept_from(stub_node& node);
  [[nodiscard]] runtime::task<void> serve(stub_node& node, connection_entry entry);
  [[nodiscard]] runtime::task<void> rest(connection& peer, model::milliseconds span);
  [[nodiscard]] runtime::task<void> send_output_slowly(connection& peer);
  [[nodiscard]] runtime::task<void> send_filler(connection& peer, std::uint64_t count);
  [[nodiscard]] runtime::task<void> wait_for_end(connection& peer);
  [[nodiscard]] reply decide(const std::expected<request_head, head_problem>& head);
  [[nodiscard]] model::milliseconds pause_before(const reply& answer, const connection& peer) const noexcept;
  [[nodiscard]] std::string_view answer_bytes(const reply& answer, stub_node& node);
  void end_connection(connection_entry entry, answer_end how) noexcept;

  runtime::asio::io_context& loop_;
  runtime::clock& time_;
  node_options options_;
  dice chance_;
  std::optional<tls_identity> identity_;
  std::size_t connection_limit_ = 0;
  std::uint64_t requests_ = 0;
  bool stopping_ = false;
  model::wall_time updated_;  ///< the time that `updated_text_` tells
  std::string updated_text_;
  std::string body_;
  std::string answer_;  ///< one for all: its bytes are handed on before the next answer is written
  std::vector<stub_node> nodes_;
  std::list<connection> connections_;
  runtime::task_scope tasks_;
};

}  // namespace edge_rollup::stub
