// One table of units serves reading and writing.
#include "config/size.hpp"

#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::optional<std::string> likely_size(std::string_view text) {
  const auto letters = text.find_first_not_of("0123456789 ");
  if (letters == std::string_view::npos) return std::nullopt;
  auto word = net::lower_case(text.substr(letters));
  if (word.ends_with('b')) word.pop_back();
  if (word.ends_with('i')) word.pop_back();
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  for (const unit& known : units) {
    if (net::lower_case(known.name.substr(0, known.name.size() > 1 ? 1 : 0)) != word) continue;
    const auto bytes = parse_size(fmt::format("{}{}", digits, known.name));
    return bytes ? std::optional(size_text(*bytes)) : std::nullopt;
  }
  return std::nullopt;
}

std::string size_text(std::int64_t bytes) {
  for (const unit& known : units) {
    if (bytes != 0 && bytes % known.bytes == 0) return fmt::format("{}{}", bytes / known.bytes, known.name);
  }
  return "0B";
}

}  // namespace edge_rollup::config
