// The real network: the system's name resolution, TCP, and TLS where the URL says https.
#pragma once

#include "net/network.hpp"
#include "net/ready_set.hpp"
#include "net/resolver.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_contexts.hpp"
#include "observe/log.hpp"
#include "runtime/clock.hpp"

#include <memory>

namespace edge_rollup::net {

class system_network final : public network {
 public:
  system_network(runtime::asio::any_io_executor loop, runtime::clock& time, observe::log& messages);

  [[nodiscard]] runtime::task<std::expected<address_list, model::failure>> resolve(const model::url& peer,
                                                                                   model::mono_time deadline) override;
  void cancel_lookups() noexcept override;
  void cancel_lookup(const model::url& peer) noexcept override;
  [[nodiscard]] model::result<void> prepare(const model::tls_options& tls) override;
  [[nodiscard]] std::unique_ptr<byte_stream> open(const boost::asio::ip::tcp::endpoint& address, const model::url& peer,
                                                  const model::tls_options& tls) override;
  [[nodiscard]] std::unique_ptr<byte_stream> open_tunnel(const boost::asio::ip::tcp::endpoint& proxy,
                                                         std::string request, const model::url& peer,
                                                         const model::tls_options& tls) override;

  /// Until when the certificates are valid that servers have shown, as far as they were accepted.
  [[nodiscard]] certificate_expiries expiries() const { return tls_.expiries(); }

 private:
  [[nodiscard]] std::unique_ptr<byte_stream> secured(std::unique_ptr<socket_stream> stream, const model::url& peer,
                                                     const model::tls_options& tls);

  ready_set connections_;
  tls_contexts tls_;
  resolver names_;
};

}  // namespace edge_rollup::net
