// One table of units serves reading and writing.
#include "config/size.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace edge_rollup::config {
namespace {

struct unit {
  std::string_view name;
  std::int64_t bytes;
};

constexpr std::array units = {unit{"TiB", std::int64_t{1} << 40}, unit{"GiB", std::int64_t{1} << 30},
                              unit{"MiB", std::int64_t{1} << 20}, unit{"KiB", std::int64_t{1} << 10}, unit{"B", 1}};

}  // namespace

model::result<std::int64_t> parse_size(std::string_view text) {
  const auto bad = [text] {
    return model::fail(
        model::error_kind::usage,
        fmt::format("'{}' is not a size: write a whole number and a unit (B, KiB, MiB, GiB, TiB), as in 64KiB", text));
  };
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || text.starts_with('-')) return bad();
  const std::string_view name(end, text.data() + text.size());
  for (const unit& known : units) {
    if (known.name != name) continue;
    if (number > max_size / known.bytes) {
      return model::fail(model::error_kind::usage, fmt::format("'{}' is too large: at most 1024TiB", text));
    }
    return number * known.bytes;
  }
  return bad();
}

std::string size_text(std::int64_t bytes) {
  for (const unit& known : units) {
    if (bytes != 0 && bytes % known.bytes == 0) return fmt::format("{}{}", bytes / known.bytes, known.name);
  }
  return "0B";
}

}  // namespace edge_rollup::config
