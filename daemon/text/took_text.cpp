#include "daemon/text/took_text.hpp"

#include <fmt/format.h>

namespace edge_rollup::daemon {

std::string took_text(double ms) {
  constexpr double second_ms = 1'000;
  if (ms < 1) return fmt::format("{:.1f} ms", ms);
  return ms < second_ms ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.1f} s", ms / second_ms);
}

}  // namespace edge_rollup::daemon
