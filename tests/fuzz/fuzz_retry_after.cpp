// Input: the value of a Retry-After header, then on a second line that of the Date header.
#include "deliver/retry_after.hpp"
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/http_date.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace {

using namespace edge_rollup;
using model::seconds;

constexpr model::wall_time now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};
constexpr seconds longest{std::numeric_limits<std::int32_t>::max()};

bool is_all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The number that `digits` write, or `longest` if that is less.
seconds capped(std::string_view digits) {
  std::int64_t value = 0;
  for (const char digit : digits) value = std::min<std::int64_t>(value * 10 + (digit - '0'), longest.count());
  return seconds{value};
}

void check(std::string_view field, std::string_view date) {
  const auto wait = deliver::parse_retry_after(field, date, now);
  EDGE_ROLLUP_INVARIANT(!wait || (*wait >= seconds{0} && *wait <= longest));
  EDGE_ROLLUP_INVARIANT(deliver::parse_retry_after(" \t" + std::string{field} + "\t ", date, now) == wait);
  if (is_all_digits(field)) return EDGE_ROLLUP_INVARIANT(wait == capped(field));

  const auto moment = wire::parse_http_date(field, now);
  if (!moment) return;
  EDGE_ROLLUP_INVARIANT(wait.has_value());
  EDGE_ROLLUP_INVARIANT(deliver::parse_retry_after(field, field, now) == seconds{0});
  const auto untold = std::chrono::ceil<seconds>(*moment - now);
  EDGE_ROLLUP_INVARIANT(deliver::parse_retry_after(field, {}, now) == std::clamp(untold, seconds{0}, longest));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = tests::as_text(data, size);
  const auto field = tests::take_line(rest);
  check(field, rest);
  return 0;
}
