// A mistyped word is near to what was meant by few letters, whatever their place.
#include "config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace edge_rollup::config {
namespace {

/// Levenshtein's distance: letters to insert, drop or replace. One row of its table is kept.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
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
