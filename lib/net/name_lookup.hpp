// Name lookups on threads of their own: getaddrinfo blocks as long as the name servers like, and nobody waits for it
// longer than he wants to.
#pragma once

#include "model/failure.hpp"
#include "net/network.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace edge_rollup::net {

using lookup_result = std::expected<address_list, model::failure>;

/// Operation:    `start` queues a lookup; `done` is posted to the loop with its result.
/// Concurrency:  loop thread only; two lookups run at a time.
/// Cancellation: the destructor drops what is queued and abandons what runs: its thread ends by itself, its result is
///               dropped. A caller that no longer cares ignores the result.
class name_lookup {
 public:
  explicit name_lookup(runtime::asio::any_io_executor loop);
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;
  ~name_lookup();

  void start(std::string host, std::uint16_t port, std::function<void(lookup_result)> done);

 private:
  class shared_queue;
  std::shared_ptr<shared_queue> queue_;
};

}  // namespace edge_rollup::net
