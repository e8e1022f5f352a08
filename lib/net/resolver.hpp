// Names to addresses, with a memory: a name that was found once never makes anybody wait again, whatever the name servers do.
#pragma once

#include "net/name_lookup.hpp"
#include "net/network.hpp"
#include "runtime/clock.hpp"

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace edge_rollup::net {

/// How long addresses count as new. After that they are still used at once, while a lookup refreshes them.
inline constexpr model::milliseconds address_lifetime{60'000};
/// A lookup that takes longer makes its name a slow one.
inline constexpr model::milliseconds slow_lookup{1'000};

/// Operation:    one lookup for each name at a time, however many ask. Addresses outlive failed lookups.
/// Timeout:      that of the caller; a lookup that nobody waits for any more is withdrawn if it has not begun.
/// Concurrency:  loop thread only.
/// Cancellation: `cancel` ends every wait with `cancelled`.
/// Limits:       one entry for each name ever asked for: names come from the configuration.
class resolver {
 public:
  resolver(runtime::asio::any_io_executor loop, runtime::clock& time, lookup_function look_up = look_up_by_system);

  [[nodiscard]] runtime::task<std::expected<address_list, model::failure>> resolve(const std::string& host,
                                                                                   model::mono_time deadline);
  void cancel() noexcept;

 private:
  struct waiter {
    std::unique_ptr<runtime::timer> wake_up;
    std::optional<lookup_result> result;
  };

  struct name {
    address_list addresses;  ///< the last ones found, maybe none
    model::mono_time found_at;
    model::mono_time asked_at;  ///< of the lookup under way
    bool under_way = false;
    lookup_lane lane = lookup_lane::quick;
    std::vector<waiter*> waiters;
  };

  void start_lookup(const std::string& host, name& entry);
  void arrived(const std::string& host, lookup_result found);

  runtime::clock& time_;
  std::unordered_map<std::string, name> names_;
  name_lookup lookups_;
};

}  // namespace edge_rollup::net
