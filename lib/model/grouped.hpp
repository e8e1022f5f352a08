// Numbers for people: 4160 as "4 160".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace edge_rollup::model {

/// Digits in groups of three, with spaces between.
[[nodiscard]] inline std::string grouped(std::uint64_t number) {
  constexpr std::size_t digits_in_a_group = 3;
  auto text = std::to_string(number);
  for (std::size_t end = text.size(); end > digits_in_a_group; end -= digits_in_a_group) {
    text.insert(end - digits_in_a_group, 1, ' ');
  }
  return text;
}

}  // namespace edge_rollup::model
