// Asks every node of the list for its summary, all at once, and says what each answered.
#pragma once

#include "model/poll_outcome.hpp"
#include "model/result.hpp"
#include "net/http_exchange.hpp"
#include "net/network.hpp"
#include "observe/log.hpp"
#include "poll/peer_table.hpp"
#include "poll/poll_options.hpp"
#include "poll/poll_queue.hpp"
#include "poll/slot_rule.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_scope.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::poll {

/// What the poller works with; everything outlives it.
struct poller_parts {
  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  net::network& network;
  observe::log& messages;
};

/// Operation:    `ask_all` runs one round and completes with an outcome for each node, in the order of the list.
///               `change_nodes` puts another list in its place between two rounds, `change_options` other options.
/// Timeout:      each poll has its node's timeout from its own start, name lookup included; a round with silent nodes
///               takes about one timeout.
/// Concurrency:  loop thread only; one round at a time. Between rounds no coroutine is alive, and a kept connection
///               costs its descriptor and stream object only.
/// Cancellation: `cut_short` ends the open round at once: unfinished nodes are `cancelled`.
/// Limits:       `poll_options::parallel` polls that make progress, `descriptors` connections altogether, kept ones
///               included.
class poller {
 public:
  poller(poller_parts parts, const poll_options& options, std::size_t descriptors, node_list nodes);
  ~poller();

  /// Reads the files that nodes are reached with: secrets and TLS. Errors: the first one that cannot be used, with its
  /// path and the node. Files that change later are read again by themselves; what is wrong then is a warning, and what
  /// was read before stays in use.
  [[nodiscard]] model::result<void> prepare();

  /// From the next round on these nodes are asked. A node whose URL (model::node::url) was in the list before is the
  /// same node: it keeps its connection (unless its TLS options are others now), its breaker and its record. Call it
  /// between rounds only.
  void change_nodes(node_list nodes);
  /// From the next round on nodes are asked so. Connections, breakers and records stay, as far as the options want
  /// them. Call it between rounds only.
  void change_options(const poll_options& options);

  [[nodiscard]] runtime::task<std::vector<model::poll_outcome>> ask_all();
  void cut_short();

  /// Bytes of answers since the start.
  [[nodiscard]] std::uint64_t received_bytes() const noexcept { return received_bytes_; }

 private:
  class flight;
  using look_list = std::set<std::pair<model::mono_time, flight*>>;
  using answer = std::expected<model::summary, model::failure>;

  runtime::task<void> ask_by_name(flight& poll);
  runtime::task<answer> ask_on_fresh_connection(flight& poll);
  runtime::task<answer> ask_one_of(flight& poll, const net::address_list& addresses);
  runtime::task<void> watch();

  void start_what_may_start();
  void start_soon();
  [[nodiscard]] bool goes_on() const noexcept { return in_air_ > 0 || start_due_; }
  [[nodiscard]] flight& take_off(const poll_ticket& ticket);
  void ask(flight& poll);
  void go_on(flight& poll);
  [[nodiscard]] static bool is_tried_again(flight& poll, answer& came);
  [[nodiscard]] std::unique_ptr<net::byte_stream> open(node_index index, const boost::asio::ip::tcp::endpoint& address);
  void begin_exchange(flight& poll, std::unique_ptr<net::byte_stream> stream, net::connection_age age,
                      model::mono_time now);
  [[nodiscard]] answer end_exchange(flight& poll);
  void land(flight& poll, answer came);
  void warn_of_few_descriptors();
  void hide_secrets(node_index node, answer& came) const;
  [[nodiscard]] bool has_usable_connection(peer& asked, model::mono_time now);
  void look_at_due();
  void watch_for(flight& poll);
  void watch_no_more(flight& poll);
  void connect_until(flight& poll, std::optional<model::mono_time> when);
  static void turn_to_next_address(flight& poll);
  static void end(flight& poll, model::failure_kind why);

  runtime::asio::any_io_executor loop_;
  runtime::clock& time_;
  net::network& network_;
  observe::log& messages_;
  poll_options options_;
  std::size_t descriptors_;
  bool warned_of_descriptors_ = false;
  peer_table peers_;
  std::vector<char> buffer_;  ///< shared by all reads
  std::uint64_t received_bytes_ = 0;

  // Of the open round.
  runtime::task_scope flights_;
  poll_queue queue_{{}};
  std::vector<model::poll_outcome> outcomes_;
  std::vector<std::unique_ptr<flight>> fleet_;
  std::vector<flight*> grounded_;  ///< those of fleet_ that are not in the air
  look_list looks_;                ///< when each flight needs a look: the one deadline structure
  bool start_due_ = false;
  std::unique_ptr<runtime::timer> look_timer_;
  model::mono_time look_timer_due_ = runtime::never;
  std::size_t in_air_ = 0;
  enum class round_state { none, open, cut } round_ = round_state::none;
};

}  // namespace edge_rollup::poll
