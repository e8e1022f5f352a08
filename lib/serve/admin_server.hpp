// The server an operator, a probe and Prometheus ask: HTTP requests in, pages and actions out.
#pragma once

#include "model/result.hpp"
#include "net/http_server.hpp"
#include "runtime/clock.hpp"
#include "runtime/disk_thread.hpp"
#include "runtime/secret_files.hpp"
#include "serve/admin_actions.hpp"
#include "serve/admin_options.hpp"
#include "serve/event_feed.hpp"
#include "serve/pages.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace edge_rollup::serve {

/// What the server works with; everything outlives it.
struct admin_parts {
  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  std::string host_name;           ///< one of the names it is asked by
  std::size_t connections = 128;   ///< at most at once
  std::function<snapshot()> look;  ///< called for each page that needs it, and only then
  /// In the Prometheus text format.
  std::function<runtime::task<std::shared_ptr<const std::string>>()> write_metrics;
  event_feed& events;
  admin_actions actions;
};

/// Operation:    `listen`, then `start`. Pages of nodes are written one after the other on a thread of their own:
///               whoever asks for them, and however often, the loop has its turns.
/// Concurrency:  loop thread only.
/// Cancellation: `stop`. Pages of nodes that wait for their turn are not written any more.
/// Limits:       those of net::http_server; `most_node_pages` at once, others are refused (503 with Retry-After).
class admin_server {
 public:
  static constexpr std::size_t most_node_pages = 8;  ///< being written or waiting for it

  /// `options.listen` is not empty.
  admin_server(admin_parts parts, admin_options options);

  /// `admin_token` is accepted beside the configured token or in place of it; empty: none. Errors: those of a token
  /// that cannot be read or is empty, `unavailable` where the address cannot be had.
  [[nodiscard]] model::result<void> listen(std::string admin_token);
  /// http://ADDR:PORT, with the port that the system picked; for every address, one that this machine reaches.
  [[nodiscard]] std::string url() const;
  void start() { server_.start(); }
  void stop() noexcept {
    stopped_ = true;
    server_.stop();
  }

 private:
  [[nodiscard]] runtime::task<net::http_response> serve(net::received_request request);
  [[nodiscard]] runtime::task<net::http_response> answer_to(const net::received_request& request);
  [[nodiscard]] runtime::task<net::http_response> tell_metrics();
  [[nodiscard]] runtime::task<net::http_response> tell_nodes(route asked);
  [[nodiscard]] net::http_response tell_events(const net::received_request& request);
  [[nodiscard]] runtime::task<net::http_response> reload();
  [[nodiscard]] runtime::task<net::http_response> begin_round();
  void read_token_again();

  admin_parts parts_;
  admin_options options_;
  runtime::secret_files secrets_;
  access_rules access_;
  net::http_server server_;
  std::size_t node_pages_ = 0;
  std::atomic<bool> stopped_ = false;
  runtime::disk_thread worker_;
};

}  // namespace edge_rollup::serve
