// Tells another process of this machine something, one datagram at a time.
#pragma once

#include "runtime/descriptor.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <string_view>

namespace edge_rollup::runtime {

/// Concurrency: any thread.
/// Limits:      `longest_wait` for room.
class datagram_sender {
 public:
  /// `address` is the path of a socket or, with '@' before it, an abstract address (unix(7)). Whether somebody listens
  /// there shows when something is sent.
  explicit datagram_sender(std::string_view address) noexcept;

  static constexpr std::chrono::milliseconds longest_wait{500};

  /// Whether it was taken. Waits while the receiver has no room; after a wait in vain not again before something was
  /// taken, as a receiver that hangs must not stop who tells it much.
  [[nodiscard]] bool send(std::string_view bytes) const noexcept;

 private:
  mutable std::atomic<bool> hangs_ = false;  ///< the receiver, when it was last told something
  descriptor socket_;
  sockaddr_un address_{};
  socklen_t size_ = 0;  ///< 0: no address of a socket
};

}  // namespace edge_rollup::runtime
