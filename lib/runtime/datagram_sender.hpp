// Tells another process of this machine something, one datagram at a time.
#pragma once

#include "runtime/descriptor.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <string_view>

namespace edge_rollup::runtime {

/// Concurrency: any thread.
class datagram_sender {
 public:
  /// `address` is the path of a socket or, with '@' before it, an abstract address (unix(7)). Whether somebody listens
  /// there shows when something is sent.
  explicit datagram_sender(std::string_view address) noexcept;

  /// Whether it was taken. Waits while the receiver has no room.
  [[nodiscard]] bool send(std::string_view bytes) const noexcept;

 private:
  descriptor socket_;
  sockaddr_un address_{};
  socklen_t size_ = 0;  ///< 0: no address of a socket
};

}  // namespace edge_rollup::runtime
