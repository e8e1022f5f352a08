// One table of units serves reading and writing.
#include "config/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace edge_rollup::config {
namespace {

struct unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array units = {unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000}, unit{"s", 1'000},
                              unit{"ms", 1}};

/// What people write in place of our units, without the s of the plural.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> other_names{{{"day", "d"},
                                                                                    {"hour", "h"},
                                                                                    {"hr", "h"},
                                                                                    {"minute", "m"},
                                                                                    {"min", "m"},
                                                                                    {"second", "s"},
                                                                                    {"sec", "s"},
                                                                                    {"msec", "ms"}}};

std::string_view unit_like(std::string_view word) {
  auto one = word;
  if (one.ends_with('s')) one.remove_suffix(1);
  const auto found = std::ranges::find(other_names, one, [](const auto& each) { return each.first; });
  return found == other_names.end() ? word : found->second;
}

std::string_view take(std::string_view& text, std::string_view signs) {
  const auto taken = text.substr(0, std::min(text.find_first_not_of(signs), text.size()));
  text.remove_prefix(taken.size());
  return taken;
}

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

std::optional<std::string> likely_duration(std::string_view text) {
  model::milliseconds sum{0};
  while (!text.empty()) {
    const auto number = take(text, "0123456789");
    take(text, " ");
    const auto word = take(text, "abcdefghijklmnopqrstuvwxyz");
    take(text, " ");
    const auto part = parse_duration(fmt::format("{}{}", number, unit_like(word)));
    if (!part) return std::nullopt;
    sum += *part;
  }
  if (sum == model::milliseconds::zero() || sum > max_duration) return std::nullopt;
  return to_string(sum);
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
