// A stub cloud: takes every POST, keeps what came, and answers as it is told to.
#pragma once

#include "edge-stub/body_reader.hpp"
#include "edge-stub/dice.hpp"
#include "edge-stub/line_file.hpp"
#include "edge-stub/receipt.hpp"
#include "edge-stub/request_head.hpp"
#include "edge-stub/stub_stream.hpp"
#include "edge-stub/tls_identity.hpp"

#include "model/result.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace edge_rollup::stub {

struct ingest_options {
  runtime::asio::ip::tcp::endpoint listen{runtime::asio::ip::address_v4::loopback(), 0};  ///< port 0 picks one
  int status = 202;                                                ///< answered to all that `fail_rate` spares
  double fail_rate = 0.0;                                          ///< share of requests answered with 503, 0..1
  std::optional<std::chrono::seconds> retry_after = std::nullopt;  ///< sent with 429 and 503
  std::uint64_t seed = 1;
  std::optional<std::string> store =
      std::nullopt;    ///< file that gets a JSON line for each request, before the answer goes out
  tls_files tls = {};  ///< the cloud speaks https with them
};

/// Operation:    `listen` binds, `start` begins to accept on the loop, `stop` closes every socket, `join` waits for
///               the last of what went on. `on_receipt` is called once for each complete request, before its answer.
/// Concurrency:  loop thread only; the store is written on it, too.
/// Cancellation: `stop`.
/// Limits:       `max_request_head`, `max_request_body`; a request beyond them gets a 431 or 413 and no receipt.
class ingest_server {
 public:
  using observer = std::function<void(const receipt&)>;

  ingest_server(runtime::asio::io_context& loop, runtime::clock& time, const ingest_options& options,
                observer on_receipt);

  /// Errors: unavailable (the address is taken), disk (the store cannot be opened), those of tls_identity.
  [[nodiscard]] model::result<void> listen();
  [[nodiscard]] std::string url() const;
  /// From the next request on.
  void answer_with(int status) noexcept { options_.status = status; }
  void start() { tasks_.spawn(accept()); }
  void stop() noexcept;
  [[nodiscard]] runtime::task<void> join() { return tasks_.join(); }

 private:
  using tcp = runtime::asio::ip::tcp;

  struct connection {
    connection(tcp::socket socket, const tls_identity* identity) : stream(std::move(socket), identity) {}

    stub_stream stream;
    std::string input;  ///< received and not yet read
  };
  using connection_entry = std::list<connection>::iterator;
  enum class answered { keep_alive, close };

  [[nodiscard]] runtime::task<void> accept();
  [[nodiscard]] runtime::task<void> serve(connection_entry entry);
  [[nodiscard]] runtime::task<answered> serve_one(connection& peer, request_head head);
  [[nodiscard]] runtime::task<arrival> receive(connection& peer);
  /// Stores and reports the request; answers with the status it is to get.
  [[nodiscard]] int keep(std::string key, std::string body);
  [[nodiscard]] std::string answer_text(int status, answered then) const;

  runtime::asio::io_context& loop_;
  runtime::clock& time_;
  ingest_options options_;
  observer on_receipt_;
  dice chance_;
  std::optional<line_file> store_;
  std::optional<tls_identity> identity_;
  bool stopping_ = false;
  tcp::acceptor acceptor_;
  std::list<connection> connections_;
  runtime::task_scope tasks_;
};

}  // namespace edge_rollup::stub
