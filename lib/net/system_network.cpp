// A lookup outlives the coroutine that gave up on it, so both share where the result goes.
#include "net/system_network.hpp"

#include "net/tcp_stream.hpp"

#include <utility>

namespace edge_rollup::net {
namespace {

struct pending_lookup {
  std::unique_ptr<runtime::timer> arrived;
  std::optional<lookup_result> result;
};

}  // namespace

std::optional<boost::asio::ip::tcp::endpoint> literal_endpoint(const model::url& peer) {
  boost::system::error_code not_a_literal;
  const auto address = boost::asio::ip::make_address(peer.host, not_a_literal);
  if (not_a_literal) return std::nullopt;
  return boost::asio::ip::tcp::endpoint(address, peer.port);
}

system_network::system_network(runtime::asio::any_io_executor loop, runtime::clock& time)
    : loop_(loop), time_(time), names_(std::move(loop)) {}

runtime::task<std::expected<address_list, model::failure>> system_network::resolve(const model::url& peer,
                                                                                   model::mono_time deadline) {
  if (const auto literal = literal_endpoint(peer)) co_return address_list{*literal};
  auto pending = std::make_shared<pending_lookup>();
  pending->arrived = time_.make_timer();
  auto deliver = [pending](lookup_result found) {
    pending->result = std::move(found);
    pending->arrived->cancel();
  };
  names_.start(peer.host, peer.port, std::move(deliver));
  awaited_.insert(pending->arrived.get());
  auto ended = co_await pending->arrived->wait_until(deadline);
  awaited_.erase(pending->arrived.get());
  if (pending->result) co_return std::move(*pending->result);
  if (ended == runtime::wait_result::cancelled) {
    co_return std::unexpected(model::failure{model::failure_kind::cancelled, "cut short by shutdown", {}});
  }
  co_return std::unexpected(
      model::failure{model::failure_kind::timeout, "timed out while looking up the name " + peer.host, {}});
}

void system_network::cancel_lookups() noexcept {
  for (runtime::timer* each : awaited_) each->cancel();
}

std::unique_ptr<byte_stream> system_network::open(const boost::asio::ip::tcp::endpoint& address, const model::url&) {
  return std::make_unique<tcp_stream>(loop_, address);
}

}  // namespace edge_rollup::net
