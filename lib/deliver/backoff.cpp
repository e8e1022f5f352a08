#include "deliver/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace edge_rollup::deliver {

model::milliseconds full_jitter(backoff_range range, std::uint32_t failures_before, std::uint64_t random) {
  constexpr std::uint32_t most_doublings = 62;  // beyond it every range has long reached its maximum
  const double doubled =
      std::ldexp(static_cast<double>(range.first.count()), static_cast<int>(std::min(failures_before, most_doublings)));
  const double upper_end = std::min(doubled, static_cast<double>(range.max.count()));
  const double share = std::ldexp(static_cast<double>(random >> 11), -53);
  const model::milliseconds drawn{std::llround(upper_end * share)};
  return std::max(drawn, shortest_backoff);
}

}  // namespace edge_rollup::deliver
