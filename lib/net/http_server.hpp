// An HTTP/1.1 server on the loop for a few known clients and any number of bad ones.
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"
#include "net/answer_budget.hpp"
#include "net/eviction.hpp"
#include "net/http_message.hpp"
#include "net/request_reader.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_scope.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::net {

struct server_limits {
  std::size_t connections = 128;
  model::milliseconds request_time{10'000};        ///< for a whole request, first byte to last byte of its answer ...
  std::size_t answer_rate = 16 * 1024;             ///< ... and a second more for so many bytes of the answer
  model::milliseconds idle_time{60'000};           ///< between two requests
  model::milliseconds sign_of_life{15'000};        ///< between two of a live body
  std::size_t waiting_answers = 16 * 1024 * 1024;  ///< bytes of all bodies that clients have not taken yet
  request_limits request = {};
};

/// What answers. Called once for each request that came whole; the server sends no body where HEAD was asked.
using http_handler = std::function<runtime::task<http_response>(received_request)>;
/// Puts what a server says by itself, about a request that cannot be served, into the house's form.
using refusal_form = std::function<http_response(const request_refusal&)>;

/// Operation:    `listen`, then `start`. Requests on one connection are served one after the other. When all places are
///               taken, a new connection takes that of `connection_to_end`. After each read and each request
///               everybody else on the loop has a turn. Who listens to a live body is no idle client, and what it says
///               is not heard: it keeps its place while it takes what it is sent.
/// Timeout:      server_limits; each piece of a live body counts as an answer; a connection over its time is closed,
///               with 408 where a request had begun.
/// Concurrency:  loop thread only. A handler may take its time; the client's counts all the same.
/// Cancellation: `stop` closes every socket. Handlers that are under way are not cut: the loop ends after them.
/// Limits:       server_limits. With the defaults at most 128 connections of 96 KiB and 16 MiB of answers: 28 MiB.
class http_server {
 public:
  using tcp = boost::asio::ip::tcp;

  http_server(runtime::asio::any_io_executor loop, runtime::clock& time, server_limits limits, http_handler handler,
              refusal_form refusals);
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Errors: `unavailable` with the address and what the system said.
  [[nodiscard]] model::result<void> listen(const tcp::endpoint& where);
  /// Where it listens, with the port that the system picked for port 0.
  [[nodiscard]] tcp::endpoint address() const { return acceptor_.local_endpoint(); }
  void start();
  void stop() noexcept;

  [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }

 private:
  enum class stage { fresh, receiving, answering, listening, idle };

  struct connection {
    connection(tcp::socket client, const server_limits& limits, model::mono_time now);

    tcp::socket socket;
    std::string address;
    request_reader reader;
    std::string input;  ///< received and not read yet
    stage at = stage::fresh;
    model::mono_time since;  ///< of the stages up to the answer, or of idle
    model::mono_time due;
  };
  using connection_entry = std::list<connection>::iterator;
  enum class arrival { request, refusal, end };

  [[nodiscard]] runtime::task<void> accept();
  void admit(tcp::socket client);
  void make_room();
  [[nodiscard]] runtime::task<void> serve(connection_entry entry);
  [[nodiscard]] runtime::task<after_answer> serve_one(connection& peer);
  [[nodiscard]] runtime::task<arrival> receive_request(connection& peer);
  [[nodiscard]] runtime::task<bool> receive(connection& peer);
  [[nodiscard]] runtime::task<void> send(connection& peer, std::string_view head, std::string_view body);
  [[nodiscard]] runtime::task<void> send_live(connection& peer, live_body& body);
  [[nodiscard]] runtime::task<void> notice_end(connection& peer, runtime::timer& waiting);
  [[nodiscard]] runtime::task<void> part(connection& peer);
  [[nodiscard]] runtime::task<void> watch();
  void begin_request(connection& peer);
  void become_idle(connection& peer);
  [[nodiscard]] std::string head_of(const http_response& answer, after_answer then) const;
  void give_until(connection& peer, model::mono_time due);
  void time_is_up(connection& peer);
  static void close(connection& peer) noexcept;

  runtime::asio::any_io_executor loop_;
  runtime::clock& time_;
  server_limits limits_;
  http_handler handler_;
  refusal_form refusals_;
  tcp::acceptor acceptor_;
  std::list<connection> connections_;
  std::vector<char> buffer_;  ///< shared by all reads
  answer_budget waiting_answers_;
  std::unique_ptr<runtime::timer> accept_pause_;
  std::unique_ptr<runtime::timer> look_;
  model::mono_time next_look_ = runtime::never;
  bool stopping_ = false;
  runtime::task_scope tasks_;  ///< accepting and watching ...
  runtime::task_scope peers_;  ///< ... and a task for each connection
};

}  // namespace edge_rollup::net
