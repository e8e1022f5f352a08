// Whom to ask next in a round, and how many at once. Nodes that failed last time queue apart, with as many slots of
// their own, so that black holes never stand before healthy nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace edge_rollup::poll {

using node_index = std::uint32_t;

enum class node_record { healthy, suspect };

enum class slot_hold { held, given_up };

/// A host and port that several nodes of the list share.
using server_index = std::uint32_t;
/// Of a node that needs no new connection, or is alone on its host and port.
inline constexpr server_index no_shared_server = std::numeric_limits<server_index>::max();
/// In the place of a server: of a healthy node that needs a new connection in TLS, and of a suspect one, whosever they
/// are. Servers count from `first_shared_server`.
inline constexpr server_index tls_handshakes = 0;
inline constexpr server_index tls_handshakes_of_suspects = 1;
inline constexpr server_index first_shared_server = 2;

/// Polls of one server that may wait for their first connection at once. A cold start would otherwise overrun the queue
/// of connections that a server has yet to accept, often 511 or 4096 long, and each that finds no place there is a
/// second late: the system tries again only then.
inline constexpr std::size_t most_at_one_server = 256;

/// Polls that may wait for their first connection in TLS at once, of either record. Until its handshake is done, one
/// takes 40 KiB more than afterwards, and the processor is the bottleneck with far fewer.
inline constexpr std::size_t most_tls_handshakes = 256;

struct poll_ticket {
  node_index node = 0;
  node_record record = node_record::healthy;
  server_index server = no_shared_server;

  friend bool operator==(const poll_ticket&, const poll_ticket&) = default;
};

/// Operation:   `add` every node of the round, then `next` until it is empty, again whenever a poll has ended or given
///              its slot up.
/// Concurrency: none; a value.
/// Limits:      `slots` polls of either kind that hold a slot, `most_at_one_server` of them at one server and
///              `most_tls_handshakes` that begin in TLS; `descriptors` polls in flight of both kinds together.
class poll_queue {
 public:
  struct limits {
    std::size_t slots = 1024;
    std::size_t descriptors = 1024;
  };

  explicit poll_queue(limits allowed) : allowed_(allowed) {}

  void add(const poll_ticket& ticket);

  /// The poll that may start now; it holds a slot and a descriptor from here on.
  [[nodiscard]] std::optional<poll_ticket> next();
  /// A poll in flight was too slow to keep its slot.
  void slot_given_up(const poll_ticket& ticket);
  /// How often all slots of this kind were given up in the round so far: what new polls have to make up for.
  [[nodiscard]] int hurry(node_record record) const noexcept;
  /// A poll has ended.
  void ended(const poll_ticket& ticket, slot_hold slot);
  /// Nothing more is started: the nodes that still wait, in no particular order.
  [[nodiscard]] std::vector<node_index> drop_waiting();

  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

 private:
  struct lane {
    std::vector<poll_ticket> waiting;
    std::size_t taken = 0;              ///< of `waiting`
    std::vector<poll_ticket> recalled;  ///< were put aside, and go before those that wait
    std::size_t slots_held = 0;
    std::size_t given_up = 0;
  };

  struct server {
    std::size_t asked = 0;
    std::vector<poll_ticket> aside;  ///< came up while too many were asked
  };

  lane& lane_of(node_record record) noexcept { return lanes_[static_cast<std::size_t>(record)]; }
  [[nodiscard]] static std::optional<poll_ticket> take(lane& from);
  [[nodiscard]] bool is_put_aside(const poll_ticket& ticket);
  void release_slot(const poll_ticket& ticket);

  limits allowed_;
  lane lanes_[2];
  std::vector<server> servers_;
  std::size_t in_flight_ = 0;
};

}  // namespace edge_rollup::poll
