// A plain TCP connection on a non-blocking descriptor; a ready_set tells when it is ready.
#pragma once

#include "net/ready_set.hpp"
#include "net/socket_stream.hpp"
#include "runtime/descriptor.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace edge_rollup::net {

/// See byte_stream for operation, concurrency and cancellation.
class tcp_stream final : public socket_stream {
 public:
  /// `set` outlives the stream.
  tcp_stream(ready_set& set, const boost::asio::ip::tcp::endpoint& peer);

  [[nodiscard]] io_result try_connect() override;
  [[nodiscard]] io_result try_write(std::span<const char> bytes) override;
  [[nodiscard]] io_result try_read(std::span<char> buffer) override;
  void tell_when_ready(direction which, ready_listener& whom) override;
  void cancel() noexcept override;
  void probe_while_idle() noexcept override;
  [[nodiscard]] model::failure last_failure() const override;

  [[nodiscard]] int descriptor() override { return descriptor_.get(); }
  [[nodiscard]] bool may_read() override { return readiness_.may_read(); }
  void exhausted(direction which) noexcept override { readiness_.exhausted(which); }
  void write_failed() noexcept override { readiness_.write_failed(); }

 private:
  io_result failed(model::failure_kind kind, int system_error);
  io_result begin_connect();

  runtime::descriptor descriptor_{-1};
  ready_set::member readiness_;
  boost::asio::ip::tcp::endpoint peer_;
  model::failure_kind failure_kind_ = model::failure_kind::connect;
  int system_error_ = 0;
  bool probed_ = false;
};

}  // namespace edge_rollup::net
