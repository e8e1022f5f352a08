// A socket of this machine that takes datagrams, as systemd and its journal do.
#pragma once

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace edge_rollup::tests {

class datagram_receiver {
 public:
  datagram_receiver() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    REQUIRE(fd_ >= 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::ranges::copy(name_, address.sun_path + 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name_.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  }
  ~datagram_receiver() { ::close(fd_); }
  datagram_receiver(const datagram_receiver&) = delete;
  datagram_receiver& operator=(const datagram_receiver&) = delete;

  /// Abstract, with '@' in the place of its zero.
  [[nodiscard]] std::string address() const { return "@" + name_; }

  /// The next message, empty if there is none.
  [[nodiscard]] std::string received() const {
    std::array<char, 16384> message{};
    const ssize_t size = ::recv(fd_, message.data(), message.size(), 0);
    return {message.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  std::string name_ = fmt::format("edge-rollup-test-{}", ::getpid());
  int fd_;
};

}  // namespace edge_rollup::tests
