// TLS over a connection, with OpenSSL straight on the descriptor: between calls it holds no buffers.
#pragma once

#include "net/byte_stream.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_context.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

struct bio_st;

namespace edge_rollup::net {

/// See byte_stream for operation, concurrency and cancellation. Where the peer ends the connection without saying so in
/// TLS (close_notify), a read is not `closed` but fails as `reset`: anybody on the way may have cut it there. The
/// destructor says so to the peer without waiting. Without a context nothing is connected: that is a failure of kind
/// tls, in the words of the error. SIGPIPE must be ignored by the process.
class tls_stream final : public byte_stream {
 public:
  /// `below` leads to `peer` and is not connected yet.
  tls_stream(std::unique_ptr<socket_stream> below, const model::url& peer,
             model::result<std::shared_ptr<tls_context>> context);
  ~tls_stream() override;

  [[nodiscard]] io_result try_connect() override;
  [[nodiscard]] io_result try_write(std::span<const char> bytes) override;
  [[nodiscard]] io_result try_read(std::span<char> buffer) override;
  void tell_when_ready(direction which, ready_listener& whom) override;
  void cancel() noexcept override;
  void probe_while_idle() noexcept override { below_->probe_while_idle(); }
  [[nodiscard]] model::failure last_failure() const override;

 private:
  enum class stage { connecting, shaking_hands, open, broken };

  static long note_call(bio_st* socket, int call, const char*, std::size_t room, int, long, int returned,
                        std::size_t* moved);
  void begin_call() noexcept;
  io_result begin_handshake();
  io_result shake_hands();
  io_result unfinished(int returned);
  io_result failed(model::failure_kind kind, std::string message);
  io_result failed_by_system(int system_error);

  std::unique_ptr<socket_stream> below_;
  model::result<std::shared_ptr<tls_context>> context_;
  tls_handshake handshake_;
  ssl_handle tls_;
  stage stage_ = stage::connecting;
  bool has_read_ = false;                  ///< in the call under way
  std::optional<model::failure> failure_;  ///< empty where the connection below knows why
};

}  // namespace edge_rollup::net
