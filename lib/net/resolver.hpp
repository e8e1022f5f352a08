// Names to addresses, with a memory: a name that was found once never makes anybody wait again, whatever the name
// servers do.
#pragma once

#include "net/name_lookup.hpp"
#include "net/network.hpp"
#include "runtime/clock.hpp"

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace edge_rollup::net {

/// How long addresses count as new. After that they are still used at once, while a lookup refreshes them.
inline constexpr model::milliseconds address_lifetime{60'000};
/// How long a failed lookup counts: until then its name is not asked for again.
inline constexpr model::milliseconds failed_lookup_lifetime{30'000};
/// Beyond this number the names that nobody uses now are forgotten: twice the largest fleet.
inline constexpr std::size_t max_remembered_names = 400'000;
/// A lookup that takes longer, queue included, makes its name a slow one.
inline constexpr model::milliseconds slow_lookup{1'000};

/// Operation:    one lookup for each name at a time, however many ask. Addresses outlive failed lookups. A name that
///               had no address has none for `failed_lookup_lifetime`, and then until a new lookup has ended.
/// Timeout:      that of the caller. The lookup keeps its place in the queue, so that however many names are dead or
///               slow, each gets its turn, and who asks again later finds what came of it.
/// Concurrency:  loop thread only.
/// Cancellation: `cancel` ends every wait, or one alone, with `cancelled`.
/// Limits:       `max_remembered_names`, and at most one lookup queued for each.
class resolver {
 public:
  resolver(runtime::asio::any_io_executor loop, runtime::clock& time, lookup_function look_up = look_up_by_system);

  [[nodiscard]] runtime::task<std::expected<address_list, model::failure>> resolve(const std::string& host,
                                                                                   model::mono_time deadline);
  void cancel() noexcept;
  /// `host`: the very object that was given to `resolve`.
  void cancel(const std::string& host) noexcept;

 private:
  struct waiter {
    const std::string* asked_with;
    std::unique_ptr<runtime::timer> wake_up;
    std::optional<lookup_result> result;
  };

  struct name {
    std::optional<lookup_result> known;  ///< the last addresses found, or why there never were any
    model::mono_time fresh_until;        ///< then a new lookup is due
    model::mono_time asked_at;           ///< of the lookup under way
    bool under_way = false;
    lookup_lane lane = lookup_lane::quick;
    std::vector<waiter*> waiters;
  };

  name& name_of(const std::string& host);
  void start_lookup(const std::string& host, name& entry);
  void arrived(const std::string& host, lookup_result found);

  runtime::clock& time_;
  std::unordered_map<std::string, name> names_;
  name_lookup lookups_;
};

}  // namespace edge_rollup::net
