// A plain TCP peer for one connection.
#pragma once

#include "runtime/async.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <string>

namespace edge_rollup::tests {

/// Accepts one connection, sends `text` once a byte has come, and closes.
inline runtime::task<void> serve_once(boost::asio::ip::tcp::acceptor& acceptor, std::string text) {
  auto [error, socket] = co_await acceptor.async_accept(runtime::as_result);
  if (error) co_return;
  std::string request(4096, '\0');
  auto into = boost::asio::buffer(request);
  [[maybe_unused]] auto [read_error, got] = co_await socket.async_read_some(into, runtime::as_result);
  auto from = boost::asio::buffer(text);
  [[maybe_unused]] auto [write_error, sent] = co_await boost::asio::async_write(socket, from, runtime::as_result);
}

}  // namespace edge_rollup::tests
