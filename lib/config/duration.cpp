// One table of units serves reading and writing.
#include "config/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace edge_rollup::config {
namespace {

struct unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array units = {unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000}, unit{"s", 1'000},
                              unit{"ms", 1}};

}  // namespace

model::result<model::milliseconds> parse_duration(std::string_view text) {
  const auto bad = [text] {
    return model::fail(
        model::error_kind::usage,
        fmt::format("'{}' is not a duration: write a whole number and a unit (ms, s, m, h, d), as in 30s", text));
  };
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || number < 0 || text.starts_with('-')) return bad();
  const std::string_view name(end, text.data() + text.size());
  for (const unit& known : units) {
    if (known.name != name) continue;
    if (number > max_duration.count() / known.milliseconds) {
      return model::fail(model::error_kind::usage, fmt::format("'{}' is too long: at most 3650d", text));
    }
    return model::milliseconds{number * known.milliseconds};
  }
  return bad();
}

std::string to_string(model::milliseconds duration) {
  if (duration.count() == 0) return "0s";
  for (const unit& known : units) {
    if (duration.count() % known.milliseconds == 0)
      return fmt::format("{}{}", duration.count() / known.milliseconds, known.name);
  }
  return fmt::format("{}ms", duration.count());
}

}  // namespace edge_rollup::config
