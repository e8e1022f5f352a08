#include "runtime/datagram_sender.hpp"

#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace edge_rollup::runtime {

datagram_sender::datagram_sender(std::string_view address) noexcept
    : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
  const timeval patience{.tv_sec = 0, .tv_usec = std::chrono::microseconds(longest_wait).count()};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const bool fits = !address.empty() && address.size() < sizeof address_.sun_path;
  if (!fits) return;
  address_.sun_family = AF_UNIX;
  std::ranges::copy(address, address_.sun_path);
  const bool is_abstract = address.front() == '@';
  if (is_abstract) address_.sun_path[0] = '\0';
  // An abstract name ends with its length, a path with a zero.
  size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size() + (is_abstract ? 0 : 1));
}

bool datagram_sender::send(std::string_view bytes) const noexcept {
  if (size_ == 0) return false;
  const int flags = MSG_NOSIGNAL | (hangs_ ? MSG_DONTWAIT : 0);
  const auto* const to = reinterpret_cast<const sockaddr*>(&address_);
  ssize_t sent = -1;
  do {
    sent = ::sendto(socket_.get(), bytes.data(), bytes.size(), flags, to, size_);
  } while (sent < 0 && errno == EINTR);
  hangs_ = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  return sent >= 0;
}

}  // namespace edge_rollup::runtime
