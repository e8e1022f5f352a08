// A waiter lives in the coroutine that waits; it is in its name's list exactly as long as that.
#include "net/resolver.hpp"

#include <fmt/format.h>

#include <utility>

namespace edge_rollup::net {

resolver::resolver(runtime::asio::any_io_executor loop, runtime::clock& time, lookup_function look_up)
    : time_(time), lookups_(std::move(loop), std::move(look_up)) {}

runtime::task<std::expected<address_list, model::failure>> resolver::resolve(const std::string& host,
                                                                             model::mono_time deadline) {
  name& entry = names_[host];  // stays where it is: names are never removed
  const bool is_new = !entry.addresses.empty() && time_.now() - entry.found_at < address_lifetime;
  if (!is_new && !entry.under_way) start_lookup(host, entry);
  if (!entry.addresses.empty()) co_return entry.addresses;

  const auto began = time_.now();
  waiter own{time_.make_timer(), {}};
  entry.waiters.push_back(&own);
  auto ended = co_await own.wake_up->wait_until(deadline);
  std::erase(entry.waiters, &own);
  if (own.result) co_return std::move(*own.result);
  if (entry.waiters.empty() && lookups_.withdraw(host)) entry.under_way = false;
  if (ended == runtime::wait_result::cancelled) co_return std::unexpected(model::cut_by_shutdown());
  const auto waited = std::chrono::duration<double>(time_.now() - began).count();
  co_return std::unexpected(
      model::failure{model::failure_kind::timeout,
                     fmt::format("timed out after {:.1f} s while looking up the name {}", waited, host),
                     {}});
}

void resolver::start_lookup(const std::string& host, name& entry) {
  entry.under_way = true;
  entry.asked_at = time_.now();
  lookups_.start(host, entry.lane, [this, host](lookup_result found) { arrived(host, std::move(found)); });
}

void resolver::arrived(const std::string& host, lookup_result found) {
  name& entry = names_[host];
  entry.under_way = false;
  const bool slow = !found || time_.now() - entry.asked_at > slow_lookup;
  entry.lane = slow ? lookup_lane::slow : lookup_lane::quick;
  if (found) {
    entry.addresses = *found;
    entry.found_at = time_.now();
  }
  for (waiter* each : entry.waiters) {
    each->result = found;
    each->wake_up->cancel();
  }
}

void resolver::cancel() noexcept {
  for (auto& [host, entry] : names_) {
    for (waiter* each : entry.waiters) each->wake_up->cancel();
  }
}

}  // namespace edge_rollup::net
