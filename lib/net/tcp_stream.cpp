// Straight system calls: connect, send and recv as they are, so that a warm poll costs one send and one recv.
#include "net/tcp_stream.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace edge_rollup::net {

using model::failure_kind;

namespace {

constexpr int seconds_to_first_probe = 60;
constexpr int seconds_between_probes = 10;
constexpr int probes = 3;

/// A system that refuses gets along without.
void begin_probes(int descriptor) {
  const auto set = [descriptor](int level, int option, int value) {
    ::setsockopt(descriptor, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, seconds_to_first_probe);
  set(IPPROTO_TCP, TCP_KEEPINTVL, seconds_between_probes);
  set(IPPROTO_TCP, TCP_KEEPCNT, probes);
}

}  // namespace

tcp_stream::tcp_stream(ready_set& set, const boost::asio::ip::tcp::endpoint& peer) : readiness_(set), peer_(peer) {}

io_result tcp_stream::try_connect() {
  if (!descriptor_.is_open()) return begin_connect();
  if (!readiness_.may_write()) return {io_state::want_write, 0};
  if (!readiness_.hung_up()) return {io_state::done, 0};
  int error = 0;
  ::socklen_t size = sizeof error;
  if (::getsockopt(descriptor_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return failed(failure_kind::connect, error);
  return {io_state::done, 0};
}

io_result tcp_stream::begin_connect() {
  descriptor_ =
      runtime::descriptor(::socket(peer_.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!descriptor_.is_open()) return failed(failure_kind::connect, errno);
  const bool at_once = ::connect(descriptor_.get(), peer_.data(), static_cast<::socklen_t>(peer_.size())) == 0;
  const int connect_error = errno;
  if (!at_once && connect_error != EINPROGRESS) return failed(failure_kind::connect, connect_error);
  // Only now: epoll reports a socket that is not connecting yet as hung up.
  if (const int error = readiness_.join(descriptor_.get()); error != 0) return failed(failure_kind::connect, error);
  return {at_once ? io_state::done : io_state::want_write, 0};
}

io_result tcp_stream::try_write(std::span<const char> bytes) {
  const auto sent = ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return {io_state::done, static_cast<std::size_t>(sent)};
  if (errno == EINTR) return {io_state::want_write, 0};
  if (errno != EAGAIN) {
    readiness_.write_failed();
    return failed(failure_kind::reset, errno);
  }
  readiness_.exhausted(direction::write);
  return {io_state::want_write, 0};
}

io_result tcp_stream::try_read(std::span<char> buffer) {
  if (!readiness_.may_read()) return {io_state::want_read, 0};
  const auto got = ::recv(descriptor_.get(), buffer.data(), buffer.size(), 0);
  if (got == 0) return {io_state::closed, 0};
  if (got < 0 && errno == EINTR) return {io_state::want_read, 0};
  if (got < 0 && errno != EAGAIN) return failed(failure_kind::reset, errno);
  // Less than there was room for is all there was (epoll(7), "Questions and answers").
  if (got < static_cast<::ssize_t>(buffer.size())) readiness_.exhausted(direction::read);
  if (got < 0) return {io_state::want_read, 0};
  return {io_state::done, static_cast<std::size_t>(got)};
}

void tcp_stream::tell_when_ready(direction which, ready_listener& whom) {
  readiness_.tell_when_ready(which, whom);
}

void tcp_stream::cancel() noexcept {
  readiness_.cancel();
}

io_result tcp_stream::failed(failure_kind kind, int system_error) {
  failure_kind_ = kind;
  system_error_ = system_error;
  return {io_state::failed, 0};
}

void tcp_stream::probe_while_idle() noexcept {
  if (!std::exchange(probed_, true)) begin_probes(descriptor_.get());
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
