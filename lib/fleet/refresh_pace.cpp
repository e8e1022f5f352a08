#include "fleet/refresh_pace.hpp"

#include <algorithm>

namespace edge_rollup::fleet {

model::milliseconds next_refresh(model::milliseconds refresh, std::uint32_t failures, std::uint64_t chance) noexcept {
  auto longest = refresh;
  if (failures > 0) {
    longest = first_retry;
    for (auto doubled = failures - 1; doubled > 0 && longest < refresh; --doubled) longest *= 2;
    longest = std::min(longest, refresh);
  }
  const auto spread = static_cast<std::uint64_t>(longest.count()) / 10 + 1;
  return longest - model::milliseconds{static_cast<std::int64_t>(chance % spread)};
}

}  // namespace edge_rollup::fleet
