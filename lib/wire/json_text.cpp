#include "wire/json_text.hpp"

#include "wire/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace edge_rollup::wire {
namespace {

/// The largest integer below which every integer is a double of its own.
constexpr std::uint64_t max_exact_real = std::uint64_t{1} << 53U;

char32_t hex_value(std::string_view digits) noexcept {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

constexpr bool is_high_surrogate(char32_t unit) noexcept {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool is_low_surrogate(char32_t unit) noexcept {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

char simple_escape(char letter) noexcept {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
  }
}

/// Takes "XXXX", or "XXXX\uXXXX" for a pair, from the front of `rest`; nothing for half a pair.
std::optional<char32_t> take_code_point(std::string_view& rest) noexcept {
  const char32_t unit = hex_value(rest.substr(0, 4));
  rest.remove_prefix(4);
  if (is_low_surrogate(unit)) return std::nullopt;
  if (!is_high_surrogate(unit)) return unit;
  if (!rest.starts_with("\\u")) return std::nullopt;
  const char32_t low = hex_value(rest.substr(2, 4));
  if (!is_low_surrogate(low)) return std::nullopt;
  rest.remove_prefix(6);
  return 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00);
}

/// A number as digits and a power of ten: 12.50e1 is "12", "50" and 1.
struct decimal {
  std::string_view whole, fraction;
  std::int64_t exponent = 0;
};

/// Further than any number of digits in a text reaches; keeps sums of exponents far from overflow.
constexpr std::int64_t exponent_limit = std::int64_t{1} << 40U;

decimal split(std::string_view raw) noexcept {
  decimal parts;
  if (raw.starts_with('-')) raw.remove_prefix(1);
  if (const std::size_t e = raw.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = raw.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), parts.exponent);
    if (read.ec != std::errc{}) parts.exponent = digits.starts_with('-') ? -exponent_limit : exponent_limit;
    parts.exponent = std::clamp(parts.exponent, -exponent_limit, exponent_limit);
    raw = raw.substr(0, e);
  }
  const std::size_t point = raw.find('.');
  parts.whole = raw.substr(0, point);
  if (point != std::string_view::npos) parts.fraction = raw.substr(point + 1);
  return parts;
}

/// The power of ten of the first digit that is not 0; nothing for zero.
std::optional<std::int64_t> magnitude(const decimal& parts) noexcept {
  const auto size = [](std::string_view digits) { return static_cast<std::int64_t>(digits.size()); };
  if (const std::size_t i = parts.whole.find_first_not_of('0'); i != std::string_view::npos) {
    return size(parts.whole.substr(i)) - 1 + parts.exponent;
  }
  if (const std::size_t i = parts.fraction.find_first_not_of('0'); i != std::string_view::npos) {
    return parts.exponent - 1 - static_cast<std::int64_t>(i);
  }
  return std::nullopt;
}

/// The value of `parts`, which is not zero, if it is an integer up to max_exact_real.
std::optional<std::uint64_t> small_integer(const decimal& parts, std::int64_t leading) noexcept {
  constexpr std::int64_t max_leading = 15;  // 2^53 has 16 digits
  if (leading < 0 || leading > max_leading) return std::nullopt;
  std::uint64_t value = 0;
  std::int64_t power = static_cast<std::int64_t>(parts.whole.size()) - 1 + parts.exponent;  // of the digit at hand
  std::int64_t lowest = power;                                                              // of those taken
  for (const std::string_view digits : {parts.whole, parts.fraction}) {
    for (const char digit : digits) {
      if (power < 0 && digit != '0') return std::nullopt;
      if (power >= 0) {
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
        lowest = power;
      }
      --power;
    }
  }
  for (; lowest > 0; --lowest) value *= 10;
  if (value > max_exact_real) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> unescape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    out += raw.substr(0, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) break;
    const char letter = raw[1];
    raw.remove_prefix(2);
    if (letter != 'u') {
      out += simple_escape(letter);
      continue;
    }
    const auto code_point = take_code_point(raw);
    if (!code_point) return std::nullopt;
    append_utf8(out, *code_point);
  }
  return out;
}

std::optional<std::uint64_t> exact_count(std::string_view raw) noexcept {
  const char* const end = raw.data() + raw.size();
  std::uint64_t value = 0;
  const auto read = std::from_chars(raw.data(), end, value);
  if (read.ptr == end) return read.ec == std::errc{} ? std::optional{value} : std::nullopt;

  const decimal parts = split(raw);
  const auto leading = magnitude(parts);
  if (!leading) return 0;
  if (raw.starts_with('-')) return std::nullopt;
  return small_integer(parts, *leading);
}

double nearest_double(std::string_view raw) noexcept {
  double value = 0.0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (read.ec == std::errc{}) return value;
  const bool tiny = magnitude(split(raw)).value_or(-1) < 0;
  if (tiny) return 0.0;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return raw.starts_with('-') ? -infinity : infinity;
}

}  // namespace edge_rollup::wire
