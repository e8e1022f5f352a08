#include "hostile/scripted_peer.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace edge_rollup::tests {
namespace {

constexpr int backlog = 256;

void require(int returned) {
  if (returned < 0) throw std::system_error(errno, std::generic_category());
}

template <class Value>
void set_option(int socket, int level, int name, const Value& value) noexcept {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

}  // namespace

peer_connection::peer_connection(int socket, std::size_t number) : socket_(socket), number_(number) {
  const ::timeval longest{patience.count(), 0};
  set_option(socket, SOL_SOCKET, SO_RCVTIMEO, longest);
  set_option(socket, SOL_SOCKET, SO_SNDTIMEO, longest);
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

std::string peer_connection::request() {
  std::string text;
  std::array<char, 4096> piece{};
  while (!text.contains("\r\n\r\n")) {
    const auto count = ::recv(socket_, piece.data(), piece.size(), 0);
    if (count <= 0) return {};
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  return text;
}

bool peer_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void peer_connection::send_without_end(std::string_view piece) {
  while (send(piece)) {
  }
}

bool peer_connection::linger(std::chrono::milliseconds span) {
  ::pollfd watched{socket_, POLLRDHUP, 0};
  return ::poll(&watched, 1, static_cast<int>(span.count())) == 0;
}

void peer_connection::half_close() noexcept {
  ::shutdown(socket_, SHUT_WR);
}

void peer_connection::reset_on_close() noexcept {
  set_option(socket_, SOL_SOCKET, SO_LINGER, ::linger{1, 0});
}

script says(std::string text) {
  return [text = std::move(text)](peer_connection& peer) {
    while (!peer.request().empty() && peer.send(text)) {
    }
  };
}

script says_and_closes(std::string text) {
  return [text = std::move(text)](peer_connection& peer) {
    if (!peer.request().empty()) peer.send(text);
  };
}

script says_without_end(std::string head, std::string piece) {
  return [head = std::move(head), piece = std::move(piece)](peer_connection& peer) {
    if (!peer.request().empty() && peer.send(head)) peer.send_without_end(piece);
  };
}

scripted_peer::scripted_peer(script each) : script_(std::move(each)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(listener_);
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::socklen_t size = sizeof address;
  require(::bind(listener_, reinterpret_cast<::sockaddr*>(&address), size));
  require(::getsockname(listener_, reinterpret_cast<::sockaddr*>(&address), &size));
  port_ = ntohs(address.sin_port);
  if (!script_) return;  // bound, so that nobody else gets the port, and silent
  require(::listen(listener_, backlog));
  thread_ = std::jthread([this] { serve(); });
}

scripted_peer::~scripted_peer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  if (const int open = open_; open >= 0) ::shutdown(open, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  ::close(listener_);
}

void scripted_peer::serve() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    peer_connection peer(socket, ++accepted_);
    open_ = socket;
    if (!stopping_) script_(peer);
    open_ = -1;
    ::close(socket);
  }
}

}  // namespace edge_rollup::tests
