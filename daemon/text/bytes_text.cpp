#include "daemon/text/bytes_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace edge_rollup::daemon {

std::string bytes_text(std::uint64_t bytes) {
  constexpr double step = 1024;
  constexpr std::array<std::string_view, 5> units{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= step && unit + 1 < units.size()) {
    amount /= step;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} {}", bytes, units[0]) : fmt::format("{:.1f} {}", amount, units.at(unit));
}

}  // namespace edge_rollup::daemon
