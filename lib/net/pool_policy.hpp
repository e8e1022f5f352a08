// Which connections stay open between two requests, and which of them may carry another one.
#pragma once

#include "model/time.hpp"
#include "net/io_result.hpp"

#include <cstddef>
#include <optional>

namespace edge_rollup::net {

/// A connection that was idle longer is not used again. Boxes on the way forget silent connections without a word, some
/// after less than five minutes; keep-alive probes (tcp_stream) keep it alive there, and this bounds what they cost.
inline constexpr model::milliseconds longest_idle{600'000};

/// A server that says how long it waits for the next request (`Keep-Alive: timeout`) is believed, less this: the
/// request has to get there.
inline constexpr model::milliseconds idle_margin{1'000};

enum class keep_alive { off, on };

struct pool_limits {
  keep_alive use = keep_alive::off;
  model::milliseconds interval{300'000};  ///< between two requests to one peer
  std::size_t peers = 0;
  std::size_t descriptors = 1024;  ///< for all connections to the peers, idle or not; at least 2
};

struct idle_connection {
  model::mono_time since;
  std::optional<model::milliseconds> peer_waits;  ///< as the peer says; empty where it does not
};

enum class pool_action { reuse, close };

/// Operation:   one connection for each peer at the most, and only for the first `keeping` peers: where there are more
///              peers than descriptors, half of the descriptors stay free for connections that come and go, so that
///              every peer is still reached.
/// Concurrency: none; a value.
class pool_policy {
 public:
  explicit pool_policy(const pool_limits& limits) noexcept;

  /// The peers whose number is below keep their connection; the others are asked to close it.
  [[nodiscard]] std::size_t keeping() const noexcept { return keeping_; }
  /// So many connections may be in use at once.
  [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }

 private:
  std::size_t keeping_;
  std::size_t in_use_;
};

/// What to do with an idle connection before the next request: `said` came of reading from it. A peer that has sent
/// something nobody asked for, or has closed, is no use any more.
[[nodiscard]] pool_action judge_idle(const idle_connection& idle, io_state said, model::mono_time now) noexcept;

}  // namespace edge_rollup::net
