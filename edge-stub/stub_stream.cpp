#include "edge-stub/stub_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace edge_rollup::stub {
namespace {

namespace asio = runtime::asio;

constexpr std::size_t receive_step = std::size_t{16} * 1024;  // a whole TLS record, so that OpenSSL keeps nothing back

int size_for_openssl(std::size_t bytes) noexcept {
  return static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
}

}  // namespace

stub_stream::stub_stream(tcp::socket socket, const tls_identity* identity) : socket_(std::move(socket)) {
  socket_.non_blocking(true);
  if (identity == nullptr) return;
  tls_ = identity->connection(socket_.native_handle());
  if (!tls_) close();
}

runtime::task<bool> stub_stream::wait() {
  if (!is_open()) co_return false;
  auto [failed] = co_await socket_.async_wait(wanted_, runtime::as_result);
  co_return !failed && is_open();
}

arrival stub_stream::receive(std::string& input) {
  std::array<char, receive_step> buffer;
  if (tls_) {
    ERR_clear_error();
    const int count = SSL_read(tls_.get(), buffer.data(), size_for_openssl(buffer.size()));
    const auto came = result_of(count);
    if (came == arrival::bytes) input.append(buffer.data(), static_cast<std::size_t>(count));
    return came;
  }
  wanted_ = tcp::socket::wait_read;
  boost::system::error_code failed;
  const std::size_t count = socket_.read_some(asio::buffer(buffer), failed);
  if (failed == asio::error::would_block) return arrival::nothing_yet;
  input.append(buffer.data(), count);
  return failed ? arrival::end : arrival::bytes;
}

std::string_view stub_stream::write_some(std::string_view bytes) noexcept {
  if (!is_open() || bytes.empty()) return {};
  if (tls_) {
    ERR_clear_error();
    const int count = SSL_write(tls_.get(), bytes.data(), size_for_openssl(bytes.size()));
    const auto came = result_of(count);
    if (came == arrival::nothing_yet) return bytes;
    if (came == arrival::end) return broken();
    bytes.remove_prefix(static_cast<std::size_t>(count));
  } else {
    boost::system::error_code failed;
    bytes.remove_prefix(socket_.write_some(asio::buffer(bytes), failed));
    if (failed && failed != asio::error::would_block) return broken();
  }
  wanted_ = bytes.empty() ? tcp::socket::wait_read : tcp::socket::wait_write;
  return bytes;
}

std::string_view stub_stream::broken() noexcept {
  close();
  return {};
}

runtime::task<void> stub_stream::write(std::string_view bytes) {
  bytes = write_some(bytes);
  while (!bytes.empty()) {
    const bool ready = co_await wait();
    if (!ready) break;
    bytes = write_some(bytes);
  }
}

void stub_stream::close() noexcept {
  if (!is_open()) return;
  if (tls_) {
    ERR_clear_error();
    if (SSL_is_init_finished(tls_.get()) == 1) SSL_shutdown(tls_.get());
    tls_.reset();
  }
  boost::system::error_code ignored;  // the connection ends either way
  socket_.close(ignored);
}

void stub_stream::reset() noexcept {
  boost::system::error_code ignored;
  tls_.reset();
  socket_.set_option(tcp::socket::linger(true, 0), ignored);
  socket_.close(ignored);  // the destructor would not linger, and so not reset
}

arrival stub_stream::result_of(int returned) noexcept {
  wanted_ = tcp::socket::wait_read;
  if (returned > 0) return arrival::bytes;
  switch (SSL_get_error(tls_.get(), returned)) {
    case SSL_ERROR_WANT_WRITE: wanted_ = tcp::socket::wait_write; return arrival::nothing_yet;
    case SSL_ERROR_WANT_READ: return arrival::nothing_yet;
    default: return arrival::end;
  }
}

model::result<std::optional<tls_identity>> identity_in(const tls_files& files) {
  if (files.empty()) return std::nullopt;
  auto opened = tls_identity::open(files);
  if (!opened) return std::unexpected(std::move(opened.error()));
  return std::move(*opened);
}

}  // namespace edge_rollup::stub
