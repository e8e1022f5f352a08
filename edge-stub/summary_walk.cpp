// Each step goes a tenth of the way home and a random step away from it.
#include "edge-stub/summary_walk.hpp"

#include <algorithm>
#include <cmath>

namespace edge_rollup::stub {
namespace {

constexpr double homesickness = 0.1;
constexpr double records_step = 0.05;  // of the home value, in either direction
constexpr double quality_step = 0.01;
constexpr double quality_decimals = 10'000.0;

}  // namespace

summary_walk::summary_walk(std::uint64_t records, double quality, std::uint64_t seed) noexcept
    : home_records_(static_cast<double>(records)),
      home_quality_(quality),
      records_(home_records_),
      quality_(quality),
      chance_(seed) {}

summary_values summary_walk::next() noexcept {
  const double records_away = home_records_ * records_step * (2.0 * chance_.unit() - 1.0);
  const double quality_away = quality_step * (2.0 * chance_.unit() - 1.0);
  records_ += homesickness * (home_records_ - records_) + records_away;
  quality_ += homesickness * (home_quality_ - quality_) + quality_away;
  records_ = std::clamp(records_, home_records_ / 2.0, home_records_ * 2.0);
  quality_ = std::clamp(quality_, 0.0, 1.0);
  return {.record_count = static_cast<std::uint64_t>(std::llround(records_)),
          .quality_score = std::round(quality_ * quality_decimals) / quality_decimals};
}

}  // namespace edge_rollup::stub
