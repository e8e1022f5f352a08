// A connection through an HTTP proxy: TCP to the proxy, then what a CONNECT opens (RFC 9110 §9.3.6).
#pragma once

#include "net/response_reader.hpp"
#include "net/socket_stream.hpp"
#include "net/tcp_stream.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace edge_rollup::net {

/// See byte_stream for operation, concurrency and cancellation. `try_connect` is done when the tunnel is open. A proxy
/// that refuses is a failure of kind `http_status` with its status and words; what it says besides is not read.
class tunnel_stream final : public socket_stream {
 public:
  /// `request` is the whole CONNECT.
  tunnel_stream(ready_set& set, const boost::asio::ip::tcp::endpoint& proxy, std::string request);

  [[nodiscard]] io_result try_connect() override;
  [[nodiscard]] io_result try_write(std::span<const char> bytes) override { return tcp_.try_write(bytes); }
  [[nodiscard]] io_result try_read(std::span<char> buffer) override { return tcp_.try_read(buffer); }
  void tell_when_ready(direction which, ready_listener& whom) override { tcp_.tell_when_ready(which, whom); }
  void cancel() noexcept override { tcp_.cancel(); }
  void probe_while_idle() noexcept override { tcp_.probe_while_idle(); }
  [[nodiscard]] model::failure last_failure() const override { return failure_ ? *failure_ : tcp_.last_failure(); }
  [[nodiscard]] int descriptor() override { return tcp_.descriptor(); }
  [[nodiscard]] bool may_read() override { return tcp_.may_read(); }
  void exhausted(direction which) noexcept override { tcp_.exhausted(which); }
  void write_failed() noexcept override { tcp_.write_failed(); }

 private:
  enum class stage { connecting, asking, listening, open };

  io_result ask();
  io_result listen();
  io_result judge();
  io_result failed(model::failure why);

  tcp_stream tcp_;
  std::string request_;
  std::size_t sent_ = 0;
  stage stage_ = stage::connecting;
  response_reader answer_;
  std::optional<model::failure> failure_;  ///< empty where TCP knows why
};

}  // namespace edge_rollup::net
