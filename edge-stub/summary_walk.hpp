// The numbers of one stub node: they wander from answer to answer, as those of a real node do, and repeat by seed.
#pragma once

#include "edge-stub/dice.hpp"

#include <cstdint>

namespace edge_rollup::stub {

struct summary_values {
  std::uint64_t record_count = 0;
  double quality_score = 0.0;  ///< 0..1, four decimals

  friend bool operator==(const summary_values&, const summary_values&) = default;
};

/// A random walk that is drawn back to its home values: the records stay within half and double of `records`, the
/// quality near `quality` and within 0..1.
class summary_walk {
 public:
  summary_walk(std::uint64_t records, double quality, std::uint64_t seed) noexcept;

  [[nodiscard]] summary_values next() noexcept;

 private:
  double home_records_;
  double home_quality_;
  double records_;
  double quality_;
  dice chance_;
};

}  // namespace edge_rollup::stub
