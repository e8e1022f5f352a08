#include "deliver/retry_after.hpp"

#include "wire/http_date.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>

namespace edge_rollup::deliver {

namespace {

constexpr model::seconds longest{std::numeric_limits<std::int32_t>::max()};
constexpr model::seconds plausible_distance = std::chrono::hours{24};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<model::seconds> parse_delay(std::string_view digits) {
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int32_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return parsed.ec == std::errc::result_out_of_range ? longest : model::seconds{value};
}

}  // namespace

std::optional<model::seconds> parse_retry_after(std::string_view field, std::string_view date, model::wall_time now) {
  const auto asked = trimmed(field);
  if (asked.empty()) return std::nullopt;
  if (const auto delay = parse_delay(asked)) return delay;

  const auto moment = wire::parse_http_date(asked, now);
  if (!moment) return std::nullopt;
  const auto answered = wire::parse_http_date(trimmed(date), now);
  const bool plausible = answered && std::chrono::abs(*moment - *answered) <= plausible_distance;
  const auto distance = std::chrono::ceil<model::seconds>(*moment - (plausible ? *answered : now));
  return std::clamp(distance, model::seconds{0}, longest);
}

}  // namespace edge_rollup::deliver
