// Numbers for people: 4160 as "4 160", or as "4 160 nodes".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

/// With its unit, which takes an "s" for any number but one.
[[nodiscard]] inline std::string counted(std::uint64_t number, std::string_view unit) {
  return grouped(number).append(" ").append(unit).append(number == 1 ? "" : "s");
}

}  // namespace edge_rollup::model
