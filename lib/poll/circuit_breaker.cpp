// The pause is counted from the start of the poll and a little short of whole intervals, so that the round that is due
// then is not missed for a tick.
#include "poll/circuit_breaker.hpp"

#include <algorithm>

namespace edge_rollup::poll {

void circuit_breaker::failed(model::mono_time asked, model::milliseconds interval) noexcept {
  failures_ = std::min(failures_ + 1, breaker_failures);
  if (failures_ < breaker_failures) return;
  interval = std::max(interval, least_interval);
  const auto first = 2 * interval;
  pause_ = std::max(first, std::min(2 * pause_, longest_probe_pause));
  next_probe_ = asked + pause_ - interval / 4;
}

}  // namespace edge_rollup::poll
