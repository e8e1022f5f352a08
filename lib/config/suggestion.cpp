// A mistyped word is near to what was meant by few letters, whatever their place.
#include "config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace edge_rollup::config {
namespace {

/// Letters to insert, drop, replace or swap with their neighbour (optimal string alignment). Three rows of its table
/// are kept.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> above(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto nearest =
      std::ranges::min_element(known, {}, [word](const std::string& candidate) { return distance(word, candidate); });
  if (nearest == known.end() || distance(word, *nearest) * 3 > std::max(word.size(), std::size_t{3})) return {};
  return fmt::format(", did you mean '{}'?", *nearest);
}

}  // namespace edge_rollup::config
