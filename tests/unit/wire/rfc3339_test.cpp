#include "wire/rfc3339.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace edge_rollup::wire {
namespace {

using model::milliseconds;
using model::wall_time;

constexpr std::int64_t first_ms = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr std::int64_t last_ms = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

struct spelling {
  std::string_view text;
  std::string_view meaning;  // as format_timestamp() writes it; empty where the text is refused
};

TEST_CASE("A timestamp is read in every spelling that RFC 3339 and isoformat() have", "[wire][rfc3339]") {
  constexpr spelling table[] = {
      {"2026-11-22T17:05:00Z", "2026-11-22T17:05:00.000Z"},
      {"2026-11-22t17:05:00z", "2026-11-22T17:05:00.000Z"},
      {"2026-11-22 17:05:00Z", "2026-11-22T17:05:00.000Z"},
      {"2026-11-22T17:05:00.5Z", "2026-11-22T17:05:00.500Z"},
      {"2026-11-22T17:05:00.1239999999999999999999999999Z", "2026-11-22T17:05:00.123Z"},
      {"2026-11-22T17:05:00+05:30", "2026-11-22T11:35:00.000Z"},
      {"2026-11-22T17:05:00-08:00", "2026-11-23T01:05:00.000Z"},
      {"2026-11-22T17:05:00-00:00", "2026-11-22T17:05:00.000Z"},
      {"2026-11-22T17:05:00", "2026-11-22T17:05:00.000Z"},
      {"2026-11-22 17:05:00.123456", "2026-11-22T17:05:00.123Z"},
      {"2026-11-22T17:05:00.123456+00:00", "2026-11-22T17:05:00.123Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
      {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
      {"2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.250Z"},
      {"2016-12-31T15:59:60-08:00", "2017-01-01T00:00:00.000Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
      {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto when = parse_timestamp(row.text);
    REQUIRE(when);
    CHECK(format_timestamp(*when) == row.meaning);
  }
}

TEST_CASE("A text that is no timestamp has no meaning", "[wire][rfc3339]") {
  constexpr std::string_view table[] = {
      "",
      "now",
      "2026-11-22",
      "2026-11-22T17:05Z",
      "2026-11-22T17:05:00.Z",
      "2026-11-22T17:05:00,5Z",
      "2026-11-22T17:05:00ZZ",
      "2026-11-22T17:05:00Z ",
      " 2026-11-22T17:05:00Z",
      "2026-11-22_17:05:00Z",
      "2026-11-22  17:05:00Z",
      "2026-1-22T17:05:00Z",
      "26-11-22T17:05:00Z",
      "+2026-11-22T17:05:00Z",
      "12026-11-22T17:05:00Z",
      "2026-00-22T17:05:00Z",
      "2026-13-22T17:05:00Z",
      "2026-11-00T17:05:00Z",
      "2026-11-31T17:05:00Z",
      "2026-02-29T17:05:00Z",
      "1900-02-29T17:05:00Z",
      "2026-11-22T24:00:00Z",
      "2026-11-22T17:60:00Z",
      "2026-11-22T17:05:61Z",
      "2026-11-22T17:05:60Z",
      "2016-12-31T23:59:60+01:00",
      "2026-11-22T17:05:00+24:00",
      "2026-11-22T17:05:00+05:60",
      "2026-11-22T17:05:00+0530",
      "2026-11-22T17:05:00+05",
      "2026-11-22T17:05:00+05:30:10",
      "2026-11-22T17:05:00 Z",
      "2026-11-22T17:05:00 UTC",
      "20261122T170500Z",
      "1795367100",
      "0000-01-01T00:00:00+00:01",
      "9999-12-31T23:59:59-00:01",
      "9999-12-31T23:59:60Z",
  };
  for (const auto text : table) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

TEST_CASE("Every instant survives being written and read", "[wire][rfc3339]") {
  tests::holds_for_all("parse(format(t)) == t", [] {
    const wall_time when{milliseconds{*rc::gen::inRange(first_ms, last_ms + 1)}};
    const auto text = format_timestamp(when);
    RC_ASSERT(text.size() == 24U);
    RC_ASSERT(parse_timestamp(text) == when);
  });
}

TEST_CASE("An offset shifts an instant by exactly itself", "[wire][rfc3339]") {
  tests::holds_for_all("local time minus offset is UTC", [] {
    constexpr std::int64_t a_day = 86'400'000;
    const wall_time local{milliseconds{*rc::gen::inRange(first_ms + a_day, last_ms - a_day)}};
    const auto hours = *rc::gen::inRange(0, 24);
    const auto minutes = *rc::gen::inRange(0, 60);
    const bool east = *rc::gen::arbitrary<bool>();
    auto text = format_timestamp(local);
    text.pop_back();
    const auto with_offset = fmt::format("{}{}{:02}:{:02}", text, east ? '+' : '-', hours, minutes);
    const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
    RC_ASSERT(parse_timestamp(with_offset) == (east ? local - offset : local + offset));
    RC_ASSERT(parse_timestamp(text) == local);
  });
}

TEST_CASE("An instant outside the four-digit years is written as the nearest one inside", "[wire][rfc3339]") {
  CHECK(format_timestamp(wall_time::min()) == "0000-01-01T00:00:00.000Z");
  CHECK(format_timestamp(wall_time::max()) == "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace edge_rollup::wire
