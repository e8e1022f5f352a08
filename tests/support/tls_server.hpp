// A TLS server for a test: OpenSSL with blocking calls on a thread of its own, one connection after the other.
#pragma once

#include "support/certificates.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

/// How a server ends a connection: with a close_notify, without one, or only after the client's.
enum class farewell { polite, rude, after_client };

struct tls_server_options {
  std::string certificate = "good";  ///< NAME.pem and NAME.key
  int version = 0;                   ///< the only one it speaks; 0: what OpenSSL likes
  std::string client_ca = {};        ///< whose certificates a client must show, as in "ca.pem"
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  farewell parting = farewell::polite;
  std::size_t tickets = 2;      ///< that it sends before it reads, in TLS 1.3 ...
  std::size_t key_updates = 0;  ///< ... and of these, behind them
};

/// Operation: accepts `connections`, and on each reads once, answers, and closes. `seen` tells what became of them.
/// Limits:    waits `patience` for a connection or a byte, then ends.
class tls_server {
 public:
  enum class handshake { failed, full, resumed };

  struct connection {
    handshake shook = handshake::failed;
    std::string asked_for;  ///< the host that the client named
    enum class goodbye { not_awaited, missed, said } client_goodbye = goodbye::not_awaited;
  };

  tls_server(const certificates& made, tls_server_options options, std::size_t connections)
      : options_(std::move(options)), context_(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free) {
    SSL_CTX* const context = context_.get();
    require(SSL_CTX_use_certificate_chain_file(context, made.file(options_.certificate + ".pem").c_str()) == 1);
    require(SSL_CTX_use_PrivateKey_file(context, made.file(options_.certificate + ".key").c_str(), SSL_FILETYPE_PEM) ==
            1);
    if (options_.version != 0) {
      require(SSL_CTX_set_min_proto_version(context, options_.version) == 1);
      require(SSL_CTX_set_max_proto_version(context, options_.version) == 1);
      if (options_.version < TLS1_2_VERSION) require(SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0") == 1);
    }
    if (!options_.client_ca.empty()) {
      require(SSL_CTX_load_verify_file(context, made.file(options_.client_ca).c_str()) == 1);
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    require(SSL_CTX_set_num_tickets(context, options_.tickets) == 1);
    const std::array<unsigned char, 4> name{'t', 'e', 's', 't'};
    require(SSL_CTX_set_session_id_context(context, name.data(), name.size()) == 1);
    listen();
    thread_ = std::jthread([this, connections] { serve(connections); });
  }
  tls_server(const tls_server&) = delete;
  tls_server& operator=(const tls_server&) = delete;
  ~tls_server() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Of each connection, once all are over.
  [[nodiscard]] const std::vector<connection>& seen() {
    if (thread_.joinable()) thread_.join();
    return seen_;
  }
  [[nodiscard]] std::vector<handshake> handshakes() {
    std::vector<handshake> all;
    for (const connection& each : seen()) all.push_back(each.shook);
    return all;
  }

 private:
  static constexpr ::timeval patience{10, 0};

  static void require(bool good) {
    if (!good) throw std::runtime_error(::ERR_error_string(::ERR_get_error(), nullptr));
  }

  static void require_system(int returned) {
    if (returned < 0) throw std::system_error(errno, std::generic_category());
  }

  void listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require_system(listener_);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    require_system(::bind(listener_, reinterpret_cast<::sockaddr*>(&address), size));
    require_system(::listen(listener_, 16));
    require_system(::getsockname(listener_, reinterpret_cast<::sockaddr*>(&address), &size));
    require_system(::setsockopt(listener_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    port_ = ntohs(address.sin_port);
  }

  void serve(std::size_t connections) {
    while (seen_.size() < connections) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      seen_.push_back(serve_one(socket));
      ::close(socket);
    }
  }

  connection serve_one(int socket) {
    const std::unique_ptr<SSL, decltype(&::SSL_free)> tls(::SSL_new(context_.get()), ::SSL_free);
    SSL_set_fd(tls.get(), socket);
    connection seen;
    const bool shook = SSL_accept(tls.get()) == 1;
    if (const char* name = SSL_get_servername(tls.get(), TLSEXT_NAMETYPE_host_name)) seen.asked_for = name;
    if (!shook) return seen;
    seen.shook = SSL_session_reused(tls.get()) == 1 ? handshake::resumed : handshake::full;
    for (std::size_t sent = 0; sent < options_.key_updates; ++sent) {
      if (SSL_key_update(tls.get(), SSL_KEY_UPDATE_NOT_REQUESTED) != 1 || SSL_do_handshake(tls.get()) != 1) return seen;
    }
    std::array<char, 4096> request{};
    const auto read = [&] { return SSL_read(tls.get(), request.data(), static_cast<int>(request.size())); };
    if (read() > 0) SSL_write(tls.get(), options_.answer.data(), static_cast<int>(options_.answer.size()));
    if (options_.parting == farewell::after_client) {
      const bool ended = SSL_get_error(tls.get(), read()) == SSL_ERROR_ZERO_RETURN;
      seen.client_goodbye = ended ? connection::goodbye::said : connection::goodbye::missed;
    }
    if (options_.parting != farewell::rude) SSL_shutdown(tls.get());
    return seen;
  }

  tls_server_options options_;
  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<connection> seen_;
  std::jthread thread_;
};

}  // namespace edge_rollup::tests
