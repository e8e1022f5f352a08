#include "net/pool_policy.hpp"

#include <algorithm>

namespace edge_rollup::net {

pool_policy::pool_policy(const pool_limits& limits) noexcept : keeping_(0), in_use_(limits.descriptors) {
  if (limits.use == keep_alive::off || limits.interval > longest_idle) return;
  if (limits.peers <= limits.descriptors) {
    keeping_ = limits.peers;
  } else {
    keeping_ = limits.descriptors / 2;
    in_use_ = limits.descriptors - keeping_;
  }
}

pool_action judge_idle(const idle_connection& idle, io_state said, model::mono_time now) noexcept {
  const auto allowed = std::min(longest_idle, idle.peer_waits.value_or(longest_idle + idle_margin) - idle_margin);
  return said == io_state::want_read && now - idle.since <= allowed ? pool_action::reuse : pool_action::close;
}

}  // namespace edge_rollup::net
