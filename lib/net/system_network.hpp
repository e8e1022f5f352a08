// The real network: the system's name resolution, TCP, and TLS where the URL says https.
#pragma once

#include "net/network.hpp"
#include "net/resolver.hpp"
#include "net/tls_context.hpp"
#include "runtime/clock.hpp"

#include <memory>

namespace edge_rollup::net {

class system_network final : public network {
 public:
  system_network(runtime::asio::any_io_executor loop, runtime::clock& time, std::shared_ptr<tls_context> tls);

  [[nodiscard]] runtime::task<std::expected<address_list, model::failure>> resolve(const model::url& peer,
                                                                                   model::mono_time deadline) override;
  void cancel_lookups() noexcept override;
  [[nodiscard]] std::unique_ptr<byte_stream> open(const boost::asio::ip::tcp::endpoint& address,
                                                  const model::url& peer) override;

 private:
  runtime::asio::any_io_executor loop_;
  std::shared_ptr<tls_context> tls_;
  resolver names_;
};

}  // namespace edge_rollup::net
