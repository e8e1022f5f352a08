// Input: a timestamp. What is read must be what the C library makes of the same digits, and survive being written and
// read again; so must every instant, taken from the first bytes of the input.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/rfc3339.hpp"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

namespace {

using namespace edge_rollup;
using model::seconds;

/// Seconds east of UTC that a valid timestamp ends with; 0 where it names no offset.
seconds offset_of(const std::string& text) {
  constexpr std::size_t offset_size = 6;      // "+01:00"
  constexpr std::size_t date_time_size = 19;  // "2026-11-22T17:05:00"
  if (text.size() < date_time_size + offset_size) return seconds{0};
  char sign = 0;
  int hours = 0, minutes = 0;
  const char* offset = text.c_str() + text.size() - offset_size;
  if (std::sscanf(offset, "%c%2d:%2d", &sign, &hours, &minutes) != 3 || (sign != '+' && sign != '-')) {
    return seconds{0};
  }
  return (sign == '-' ? -1 : 1) * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
}

/// The whole seconds of a valid timestamp by the C library's calendar.
seconds by_the_c_library(const std::string& text) {
  std::tm parts{};
  const int read = std::sscanf(text.c_str(), "%4d-%2d-%2d%*c%2d:%2d:%2d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                               &parts.tm_hour, &parts.tm_min, &parts.tm_sec);
  EDGE_ROLLUP_INVARIANT(read == 6);
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return seconds{timegm(&parts)} - offset_of(text);
}

void survives_writing(model::wall_time when) {
  const auto text = wire::format_timestamp(when);
  const auto again = wire::parse_timestamp(text);
  EDGE_ROLLUP_INVARIANT(again && wire::format_timestamp(*again) == text);
  const bool in_range = when.time_since_epoch() >= seconds{-62'167'219'200} &&  // 0000-01-01
                        when.time_since_epoch() < seconds{253'402'300'800};     // 10000-01-01
  EDGE_ROLLUP_INVARIANT((*again == when) == in_range);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{tests::as_text(data, size)};
  if (const auto when = wire::parse_timestamp(text)) {
    EDGE_ROLLUP_INVARIANT(std::chrono::floor<seconds>(*when).time_since_epoch() == by_the_c_library(text));
    survives_writing(*when);
  }
  if (std::int64_t count = 0; size >= sizeof count) {
    std::memcpy(&count, data, sizeof count);
    survives_writing(model::wall_time{model::milliseconds{count}});
  }
  return 0;
}
