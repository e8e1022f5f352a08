// Puts names, TCP and TLS together; each has its own file.
#include "net/system_network.hpp"

#include "net/tcp_stream.hpp"
#include "net/tls_stream.hpp"
#include "net/tunnel_stream.hpp"

#include <utility>

namespace edge_rollup::net {

std::optional<boost::asio::ip::tcp::endpoint> literal_endpoint(const model::url& peer) {
  boost::system::error_code not_a_literal;
  const auto address = boost::asio::ip::make_address(peer.host, not_a_literal);
  if (not_a_literal) return std::nullopt;
  return boost::asio::ip::tcp::endpoint(address, peer.port);
}

system_network::system_network(runtime::asio::any_io_executor loop, runtime::clock& time, observe::log& messages)
    : connections_(loop), tls_(time, messages), names_(std::move(loop), time) {}

runtime::task<std::expected<address_list, model::failure>> system_network::resolve(const model::url& peer,
                                                                                   model::mono_time deadline) {
  if (const auto literal = literal_endpoint(peer)) co_return address_list{*literal};
  auto found = co_await names_.resolve(peer.host, deadline);
  if (found) {
    for (auto& address : *found) address.port(peer.port);
  }
  co_return found;
}

void system_network::cancel_lookups() noexcept {
  names_.cancel();
}

void system_network::cancel_lookup(const model::url& peer) noexcept {
  names_.cancel(peer.host);
}

model::result<void> system_network::prepare(const model::tls_options& tls) {
  const auto context = tls_.context_for(tls);
  if (!context) return std::unexpected(context.error());
  return {};
}

std::unique_ptr<byte_stream> system_network::open(const boost::asio::ip::tcp::endpoint& address, const model::url& peer,
                                                  const model::tls_options& tls) {
  return secured(std::make_unique<tcp_stream>(connections_, address), peer, tls);
}

std::unique_ptr<byte_stream> system_network::open_tunnel(const boost::asio::ip::tcp::endpoint& proxy,
                                                         std::string request, const model::url& peer,
                                                         const model::tls_options& tls) {
  return secured(std::make_unique<tunnel_stream>(connections_, proxy, std::move(request)), peer, tls);
}

/// In TLS where the peer's URL says https.
std::unique_ptr<byte_stream> system_network::secured(std::unique_ptr<socket_stream> stream, const model::url& peer,
                                                     const model::tls_options& tls) {
  if (peer.scheme != model::url_scheme::https) return stream;
  return std::make_unique<tls_stream>(std::move(stream), peer, tls_.context_for(tls));
}

}  // namespace edge_rollup::net
