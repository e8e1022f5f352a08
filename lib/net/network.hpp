// The seam between the daemon and everything beyond the socket interface: names and connections. Tests put a network in
// its place that exists only in memory.
#pragma once

#include "model/failure.hpp"
#include "model/result.hpp"
#include "model/time.hpp"
#include "model/tls_options.hpp"
#include "model/url.hpp"
#include "net/byte_stream.hpp"
#include "runtime/async.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::net {

using address_list = std::vector<boost::asio::ip::tcp::endpoint>;

/// Concurrency: loop thread only; lookups and streams are independent of each other.
class network {
 public:
  virtual ~network() = default;

  /// The addresses of a peer, best first, never empty. An address literal completes at once. Fails with `dns` where the
  /// name has no address, and with `timeout` at `deadline`: a lookup that is still under way is then abandoned, not
  /// awaited. `peer` stays where it is meanwhile.
  [[nodiscard]] virtual runtime::task<std::expected<address_list, model::failure>> resolve(
      const model::url& peer, model::mono_time deadline) = 0;

  /// Ends every lookup that is awaited now, with `cancelled`.
  virtual void cancel_lookups() noexcept = 0;

  /// Likewise the one that was asked for with this very object; others may wait for the same name.
  virtual void cancel_lookup(const model::url& peer) noexcept = 0;

  /// Reads the files of TLS options that will be used, so that what is wrong with them is told before any connection.
  /// Errors: those of tls_context.
  [[nodiscard]] virtual model::result<void> prepare(const model::tls_options& tls) = 0;

  /// A stream to one address that is not connected yet. `tls` counts where the peer's URL says https. Never fails: what
  /// goes wrong shows in `try_connect`.
  [[nodiscard]] virtual std::unique_ptr<byte_stream> open(const boost::asio::ip::tcp::endpoint& address,
                                                          const model::url& peer, const model::tls_options& tls) = 0;

  /// Likewise, through the HTTP proxy at `proxy`, which `request` asks for a tunnel to the peer.
  [[nodiscard]] virtual std::unique_ptr<byte_stream> open_tunnel(const boost::asio::ip::tcp::endpoint& proxy,
                                                                 std::string request, const model::url& peer,
                                                                 const model::tls_options& tls) = 0;
};

/// The endpoint of a peer whose host is an address literal.
[[nodiscard]] std::optional<boost::asio::ip::tcp::endpoint> literal_endpoint(const model::url& peer);

}  // namespace edge_rollup::net
