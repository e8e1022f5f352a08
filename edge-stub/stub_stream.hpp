// One accepted connection of a stub, plain or in TLS, driven by readiness like the streams of the daemon.
#pragma once

#include "edge-stub/tls_identity.hpp"

#include "runtime/async.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::stub {

enum class arrival { bytes, nothing_yet, end };

/// Operation:   `wait`, then `receive`; `write_some` or `write` at any time. TLS shakes hands as bytes come and go. A
///              broken connection is closed, and takes whatever is written to it.
/// Concurrency: loop thread only, one `wait` or `write` at a time. `close` ends both.
class stub_stream {
 public:
  using tcp = runtime::asio::ip::tcp;

  /// `identity`: null for a plain connection.
  stub_stream(tcp::socket socket, const tls_identity* identity);
  stub_stream(const stub_stream&) = delete;
  stub_stream& operator=(const stub_stream&) = delete;
  ~stub_stream() { close(); }

  [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }
  /// Until the last `receive` or `write_some` can go on. False where the connection broke.
  [[nodiscard]] runtime::task<bool> wait();
  [[nodiscard]] arrival receive(std::string& input);
  /// Answers with what the connection did not take.
  [[nodiscard]] std::string_view write_some(std::string_view bytes) noexcept;
  [[nodiscard]] runtime::task<void> write(std::string_view bytes);
  /// TLS says goodbye first.
  void close() noexcept;
  void reset() noexcept;

 private:
  /// What a call of OpenSSL came to: bytes, or none and why.
  [[nodiscard]] arrival result_of(int returned) noexcept;
  [[nodiscard]] std::string_view broken() noexcept;

  tcp::socket socket_;
  net::ssl_handle tls_;
  tcp::socket::wait_type wanted_ = tcp::socket::wait_read;
};

/// The certificate that `files` name, or nothing where they name none.
[[nodiscard]] model::result<std::optional<tls_identity>> identity_in(const tls_files& files);

}  // namespace edge_rollup::stub
