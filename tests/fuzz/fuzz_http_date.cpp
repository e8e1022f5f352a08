// Input: an HTTP date. What is read must be what the C library makes of it, and read the same in each of the three
//        forms
// it can be written in.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/http_date.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

namespace {

using namespace edge_rollup;
using model::seconds;
using model::wall_time;

constexpr wall_time now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};
constexpr wall_time year_10000 = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1};

constexpr const char* preferred_form = "%a, %d %b %Y %H:%M:%S GMT";
constexpr const char* dashed_form = "%A, %d-%b-%y %H:%M:%S GMT";
constexpr const char* asctime_form = "%a %b %e %H:%M:%S %Y";

/// What strptime, which is more lenient, reads in forms with a whole year.
std::optional<wall_time> by_the_c_library(const std::string& text) {
  for (const char* form : {preferred_form, asctime_form}) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), form, &parts);
    if (end != nullptr && *end == '\0') return wall_time{seconds{timegm(&parts)}};
  }
  return std::nullopt;
}

std::string written(wall_time when, const char* form) {
  const std::time_t count = std::chrono::floor<seconds>(when).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&count, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), form, &parts)};
}

void survives_writing(wall_time when) {
  EDGE_ROLLUP_INVARIANT(wire::parse_http_date(wire::format_http_date(when), now) == when);
  if (when < wall_time{} - std::chrono::years{900}) return;  // strftime writes years before 1000 with fewer digits
  EDGE_ROLLUP_INVARIANT(wire::format_http_date(when) == written(when, preferred_form));
  EDGE_ROLLUP_INVARIANT(wire::parse_http_date(written(when, asctime_form), now) == when);
  const bool near = std::chrono::abs(when - now) < std::chrono::years{49};
  if (near) EDGE_ROLLUP_INVARIANT(wire::parse_http_date(written(when, dashed_form), now) == when);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{tests::as_text(data, size)};
  const auto when = wire::parse_http_date(text, now);
  if (!when || *when >= year_10000) return 0;  // a leap second can end the last year there is
  if (const auto second = by_the_c_library(text)) EDGE_ROLLUP_INVARIANT(*when == *second);
  survives_writing(*when);
  return 0;
}
