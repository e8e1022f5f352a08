// A plain TCP connection on a non-blocking descriptor; the loop only tells when it is ready.
#pragma once

#include "net/socket_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace edge_rollup::net {

/// See byte_stream for operation, concurrency and cancellation.
class tcp_stream final : public socket_stream {
 public:
  tcp_stream(const runtime::asio::any_io_executor& loop, const boost::asio::ip::tcp::endpoint& peer);

  [[nodiscard]] io_result try_connect() override;
  [[nodiscard]] io_result try_write(std::span<const char> bytes) override;
  [[nodiscard]] io_result try_read(std::span<char> buffer) override;
  [[nodiscard]] runtime::task<void> wait(direction which) override;
  void cancel() noexcept override;
  [[nodiscard]] model::failure last_failure() const override;

  [[nodiscard]] int descriptor() override { return descriptor_.native_handle(); }

 private:
  io_result failed(model::failure_kind kind, int system_error);
  io_result begin_connect();

  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::ip::tcp::endpoint peer_;
  model::failure_kind failure_kind_ = model::failure_kind::connect;
  int system_error_ = 0;
};

}  // namespace edge_rollup::net
