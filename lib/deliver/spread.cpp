#include "deliver/spread.hpp"

#include "wire/stable_hash.hpp"

#include <algorithm>
#include <cstdint>

namespace edge_rollup::deliver {

namespace {

constexpr model::milliseconds least_interval_spread{60'000};
constexpr model::milliseconds longest_by_itself{30'000};

model::milliseconds automatic(model::milliseconds interval) {
  if (interval < least_interval_spread) return model::milliseconds::zero();
  return std::min(interval / 10, longest_by_itself);
}

}  // namespace

model::milliseconds spread_offset(std::string_view stream, std::optional<model::milliseconds> longest,
                                  model::milliseconds interval) {
  const auto most = longest.value_or(automatic(interval));
  const auto steps = static_cast<std::uint64_t>(most.count()) + 1;
  return model::milliseconds{static_cast<std::int64_t>(wire::stable_hash(stream) % steps)};
}

}  // namespace edge_rollup::deliver
