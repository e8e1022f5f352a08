// Name lookups on threads of their own: getaddrinfo blocks as long as the name servers like, and nobody waits for it
// longer than he wants to.
#pragma once

#include "model/failure.hpp"
#include "net/network.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace edge_rollup::net {

/// Addresses without a port.
using lookup_result = std::expected<address_list, model::failure>;
using lookup_function = std::function<lookup_result(const std::string& host)>;

/// The system's resolver, getaddrinfo(3): hosts file, DNS, mDNS, as the machine is configured. Blocks.
[[nodiscard]] lookup_result look_up_by_system(const std::string& host);

/// A name whose last lookup was slow or failed goes through a lane of its own.
enum class lookup_lane { quick, slow };

/// Operation:    `start` queues a lookup; `done` is posted to the loop with its result. The quick
///               lane serves the newest first, the slow lane the oldest. Of two threads one serves the quick lane only,
///               so that names that are known to be slow never occupy both.
/// Concurrency:  loop thread only.
/// Cancellation: the destructor drops what is queued and abandons what runs: its thread ends by itself, its result is
///               dropped. A lookup under way does not keep the loop from ending.
class name_lookup {
 public:
  explicit name_lookup(runtime::asio::any_io_executor loop, lookup_function look_up = look_up_by_system);
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;
  ~name_lookup();

  void start(std::string host, lookup_lane lane, std::function<void(lookup_result)> done);

 private:
  class shared_queue;
  std::shared_ptr<shared_queue> queue_;
};

}  // namespace edge_rollup::net
