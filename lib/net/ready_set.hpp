// Which connections can be read from or written to now: one edge-triggered epoll set for all of them, which the loop
// sees as one descriptor. A wait costs no system call of its own then, and an idle connection only its place in the
// set.
#pragma once

#include "net/byte_stream.hpp"
#include "runtime/async.hpp"

#include <sys/epoll.h>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace edge_rollup::net {

/// Operation:    a connection is a `member` once it has a descriptor, until the end of either.
/// Concurrency:  loop thread only. Listeners are called from the loop, never from within a call of theirs; they may do
///               anything, also end members. The loop has work as long as a listener waits.
/// Limits:       `events_a_turn` listeners are called before the loop turns to something else.
class ready_set {
 public:
  class member;

  static constexpr std::size_t events_a_turn = 256;

  /// Throws std::system_error where the system has no room for the set.
  /// Throws boost::system::system_error as the making of a loop does: no descriptor or no memory is left.
  explicit ready_set(runtime::asio::any_io_executor loop);
  ready_set(const ready_set&) = delete;
  ready_set& operator=(const ready_set&) = delete;

 private:
  void wait_for_events();
  void stop_waiting();
  void turn();
  [[nodiscard]] bool nobody_looks() const noexcept { return listeners_ == 0 && event_count_ == 0; }
  [[nodiscard]] bool take_events();
  void take_all_events();
  void tell_soon(member& whom);
  void tell_due();
  void forget(const member& leaving) noexcept;

  boost::asio::posix::stream_descriptor epoll_;
  std::array<epoll_event, events_a_turn> events_{};
  std::size_t event_count_ = 0;   ///< of those in events_ that are looked at now
  std::vector<member*> due_;      ///< whose listeners are called without an event
  std::vector<member*> telling_;  ///< of those, while they are called
  std::size_t listeners_ = 0;
  bool waiting_ = false;  ///< for events
};

/// What is known of one descriptor. See byte_stream for waits and their cancellation.
class ready_set::member {
 public:
  explicit member(ready_set& set) noexcept : set_(set) {}
  member(const member&) = delete;
  member& operator=(const member&) = delete;
  ~member();

  /// Once. The error number of the system where it does not work.
  [[nodiscard]] int join(int descriptor);

  /// False where a read would only say that nothing is there.
  [[nodiscard]] bool may_read();
  /// Nothing is known against a write, and a connection that was begun has come about or failed.
  [[nodiscard]] bool may_write() const noexcept { return writable_; }
  [[nodiscard]] bool hung_up() const noexcept { return hung_up_; }
  /// A read, or a write, came to the end of what there is. What comes later is an event.
  void exhausted(direction which) noexcept;
  /// What the peer said before that may lie there, though no event told of it yet.
  void write_failed() noexcept { readable_ = true; }

  void tell_when_ready(direction which, ready_listener& whom);
  void cancel();

 private:
  friend ready_set;

  void happened(std::uint32_t events);
  void tell();

  ready_set& set_;
  ready_listener* listener_ = nullptr;
  direction awaited_ = direction::read;
  bool readable_ = false;
  bool writable_ = false;
  bool hung_up_ = false;  ///< reads never have to wait again
  bool due_ = false;      ///< its listener is called without an event
};

}  // namespace edge_rollup::net
