// The real network: the system's name resolution and TCP.
#pragma once

#include "net/name_lookup.hpp"
#include "net/network.hpp"
#include "runtime/clock.hpp"

#include <set>

namespace edge_rollup::net {

class system_network final : public network {
 public:
  system_network(runtime::asio::any_io_executor loop, runtime::clock& time);

  [[nodiscard]] runtime::task<std::expected<address_list, model::failure>> resolve(const model::url& peer,
                                                                                   model::mono_time deadline) override;
  void cancel_lookups() noexcept override;
  [[nodiscard]] std::unique_ptr<byte_stream> open(const boost::asio::ip::tcp::endpoint& address,
                                                  const model::url& peer) override;

 private:
  runtime::asio::any_io_executor loop_;
  runtime::clock& time_;
  name_lookup names_;
  std::set<runtime::timer*> awaited_;
};

}  // namespace edge_rollup::net
