// What stays of the nodes between rounds: requests, connections, and how they did so far.
#pragma once

#include "model/failure.hpp"
#include "model/node.hpp"
#include "model/result.hpp"
#include "model/summary.hpp"
#include "model/time.hpp"
#include "net/network.hpp"
#include "net/pool_policy.hpp"
#include "poll/circuit_breaker.hpp"
#include "poll/node_logins.hpp"
#include "poll/poll_options.hpp"
#include "poll/poll_queue.hpp"
#include "poll/request_text.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::poll {

using model::node_list;

/// One node, as far as it is known from earlier rounds.
struct peer {
  std::string request;
  connection_use use = connection_use::close;
  std::optional<boost::asio::ip::tcp::endpoint> literal;      ///< where the host is an address
  std::optional<boost::asio::ip::tcp::endpoint> answered_at;  ///< the address of a name that is tried first
  server_index server = no_shared_server;
  std::unique_ptr<net::byte_stream> kept;
  net::idle_connection idle;  ///< of `kept`
  node_record record = node_record::healthy;
  circuit_breaker breaker{};
  std::string last_error;  ///< while the breaker counts failures
};

/// Operation:   `change` takes on a list, `read_logins` brings the requests up to date before a round. A node of the
///              same URL as one of the list before is the same node: it keeps its connection, unless its TLS files
///              are others now, and what is known of it.
/// Concurrency: loop thread only.
class peer_table {
 public:
  /// `descriptors` are for all connections to nodes together.
  peer_table(const poll_options& options, std::size_t descriptors) : options_(options), descriptors_(descriptors) {}

  void change(node_list nodes);
  void change(const poll_options& options);

  /// Looks at the files of credentials, and puts what has changed into the requests. What cannot be read now,
  /// unless that was said the last time.
  [[nodiscard]] std::vector<node_logins::trouble> read_logins();

  /// What came of a poll that began at `started`.
  void note(node_index index, const std::expected<model::summary, model::failure>& came, model::mono_time started);
  /// Why the node is not asked in a round that begins now; empty where it is.
  [[nodiscard]] std::optional<model::failure> skipped(node_index index, model::mono_time now) const;

  /// What a node said, without the credentials that it was told.
  [[nodiscard]] std::string without_secrets(node_index index, std::string said) const {
    return logins_.without_secrets((*nodes_)[index], std::move(said));
  }

  [[nodiscard]] node_index size() const noexcept { return static_cast<node_index>(peers_.size()); }
  [[nodiscard]] const model::node& node(node_index index) const { return (*nodes_)[index]; }
  [[nodiscard]] peer& operator[](node_index index) { return peers_[index]; }
  [[nodiscard]] const peer& operator[](node_index index) const { return peers_[index]; }
  /// Polls that may have a connection in use at once.
  [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }

 private:
  void find_shared_servers();
  void set_use(std::size_t index, connection_use use);
  void write_request(std::size_t index);

  poll_options options_;
  std::size_t descriptors_;
  std::size_t in_use_ = 0;
  node_list nodes_ = std::make_shared<const std::vector<model::node>>();
  std::vector<peer> peers_;
  node_logins logins_;
};

/// The TLS options of a node, those it is given or the default ones.
[[nodiscard]] const model::tls_options& tls_of(const model::node& node);

}  // namespace edge_rollup::poll
