// A waiter lives in the coroutine that waits; it is in its name's list exactly as long as that.
#include "net/resolver.hpp"

#include <fmt/format.h>

#include <utility>

namespace edge_rollup::net {

resolver::resolver(runtime::asio::any_io_executor loop, runtime::clock& time, lookup_function look_up)
    : time_(time), lookups_(std::move(loop), std::move(look_up)) {}

runtime::task<std::expected<address_list, model::failure>> resolver::resolve(const std::string& host,
                                                                             model::mono_time deadline) {
  name& entry = name_of(host);
  const bool is_fresh = entry.known && time_.now() < entry.fresh_until;
  if (!is_fresh && !entry.under_way) start_lookup(host, entry);
  if (is_fresh || (entry.known && entry.known->has_value())) co_return *entry.known;

  const auto began = time_.now();
  waiter own{&host, time_.make_timer(), {}};
  entry.waiters.push_back(&own);
  auto ended = co_await own.wake_up->wait_until(deadline);
  std::erase(entry.waiters, &own);
  if (own.result) co_return std::move(*own.result);
  if (ended == runtime::wait_result::cancelled) co_return std::unexpected(model::cut_by_shutdown());
  // The same trouble has the same words: what was known before, and what was allowed, not what was measured.
  if (entry.known) co_return *entry.known;
  const auto allowed = std::chrono::duration<double>(deadline - began).count();
  co_return std::unexpected(
      model::failure{model::failure_kind::timeout,
                     fmt::format("timed out after {:.1f} s while looking up the name {}", allowed, host),
                     {}});
}

/// It stays where it is as long as somebody waits for it.
resolver::name& resolver::name_of(const std::string& host) {
  if (names_.size() >= max_remembered_names && !names_.contains(host)) {
    std::erase_if(names_, [](const auto& each) { return each.second.waiters.empty() && !each.second.under_way; });
  }
  return names_[host];
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
  if (found || !entry.known || !entry.known->has_value()) entry.known = found;
  entry.fresh_until = time_.now() + (found ? address_lifetime : failed_lookup_lifetime);
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

void resolver::cancel(const std::string& host) noexcept {
  const auto found = names_.find(host);
  if (found == names_.end()) return;
  for (waiter* each : found->second.waiters) {
    if (each->asked_with == &host) each->wake_up->cancel();
  }
}

}  // namespace edge_rollup::net
