// Straight system calls: connect, send and recv as they are, so that a warm poll costs one of each and one wait.
#include "net/tcp_stream.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace edge_rollup::net {

using model::failure_kind;

namespace {

constexpr int seconds_to_first_probe = 60;
constexpr int seconds_between_probes = 10;
constexpr int probes = 3;

/// An idle connection stays known to the boxes on the way, and one whose peer is gone ends. A system that refuses gets
/// along without.
void keep_alive_when_idle(int descriptor) {
  const auto set = [descriptor](int level, int option, int value) {
    ::setsockopt(descriptor, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, seconds_to_first_probe);
  set(IPPROTO_TCP, TCP_KEEPINTVL, seconds_between_probes);
  set(IPPROTO_TCP, TCP_KEEPCNT, probes);
}

}  // namespace

tcp_stream::tcp_stream(const runtime::asio::any_io_executor& loop, const boost::asio::ip::tcp::endpoint& peer)
    : descriptor_(loop), peer_(peer) {}

io_result tcp_stream::try_connect() {
  if (!descriptor_.is_open()) return begin_connect();
  int error = 0;
  ::socklen_t size = sizeof error;
  if (::getsockopt(descriptor_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return failed(failure_kind::connect, error);
  return {io_state::done, 0};
}

io_result tcp_stream::begin_connect() {
  const int descriptor = ::socket(peer_.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return failed(failure_kind::connect, errno);
  keep_alive_when_idle(descriptor);
  const bool at_once = ::connect(descriptor, peer_.data(), static_cast<::socklen_t>(peer_.size())) == 0;
  const int connect_error = errno;
  // Handed to the loop only now: epoll reports a socket that is not connecting yet as hung up.
  boost::system::error_code error;
  descriptor_.assign(descriptor, error);
  if (error) {
    ::close(descriptor);
    return failed(failure_kind::connect, error.value());
  }
  if (at_once) return {io_state::done, 0};
  if (connect_error == EINPROGRESS) return {io_state::want_write, 0};
  return failed(failure_kind::connect, connect_error);
}

io_result tcp_stream::try_write(std::span<const char> bytes) {
  const auto sent = ::send(descriptor_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return {io_state::done, static_cast<std::size_t>(sent)};
  if (errno == EAGAIN || errno == EINTR) return {io_state::want_write, 0};
  return failed(failure_kind::reset, errno);
}

io_result tcp_stream::try_read(std::span<char> buffer) {
  const auto got = ::recv(descriptor_.native_handle(), buffer.data(), buffer.size(), 0);
  if (got > 0) return {io_state::done, static_cast<std::size_t>(got)};
  if (got == 0) return {io_state::closed, 0};
  if (errno == EAGAIN || errno == EINTR) return {io_state::want_read, 0};
  return failed(failure_kind::reset, errno);
}

runtime::task<void> tcp_stream::wait(direction which) {
  const auto awaited = which == direction::read ? boost::asio::posix::stream_descriptor::wait_read
                                                : boost::asio::posix::stream_descriptor::wait_write;
  // An error of the wait shows again in the call that follows it.
  [[maybe_unused]] auto [error] = co_await descriptor_.async_wait(awaited, runtime::as_result);
}

void tcp_stream::cancel() noexcept {
  boost::system::error_code ignored;  // a descriptor that was never opened has nothing to cancel
  descriptor_.cancel(ignored);
}

io_result tcp_stream::failed(failure_kind kind, int system_error) {
  failure_kind_ = kind;
  system_error_ = system_error;
  return {io_state::failed, 0};
}

model::failure tcp_stream::last_failure() const {
  auto text = std::system_category().message(system_error_);
  if (system_error_ == EMFILE || system_error_ == ENFILE) text += ": raise the limit of open files (LimitNOFILE)";
  if (system_error_ == ETIMEDOUT && failure_kind_ == failure_kind::connect) {
    return {failure_kind::timeout, "timed out while connecting: " + text, {}};
  }
  return {failure_kind_, std::move(text), {}};
}

}  // namespace edge_rollup::net
