#include "wire/http_date.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

constexpr model::wall_time now = std::chrono::sys_days{2026y / 11 / 22} + 17h;
constexpr model::wall_time rfc_example = std::chrono::sys_days{1994y / 11 / 6} + 8h + 49min + 37s;

}  // namespace

TEST_CASE("an HTTP date is read in all three forms of RFC 9110") {
  struct row {
    const char* label;
    const char* text;
    model::wall_time meant;
  };
  const row rows[] = {
      {"IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", rfc_example},
      {"RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", rfc_example},
      {"asctime", "Sun Nov  6 08:49:37 1994", rfc_example},
      {"asctime with a two-digit day", "Wed Nov 16 08:49:37 1994", rfc_example + 240h},
      {"leap day", "Thu, 29 Feb 2024 00:00:00 GMT", std::chrono::sys_days{2024y / 2 / 29}},
      {"leap second", "Sat, 31 Dec 2016 23:59:60 GMT", std::chrono::sys_days{2017y / 1 / 1}},
      {"a day's name that does not fit", "Mon, 06 Nov 1994 08:49:37 GMT", rfc_example},
      {"two-digit year ahead", "Monday, 06-Nov-76 08:49:37 GMT",
       std::chrono::sys_days{2076y / 11 / 6} + 8h + 49min + 37s},
      {"two-digit year too far ahead", "Sunday, 06-Nov-77 08:49:37 GMT",
       std::chrono::sys_days{1977y / 11 / 6} + 8h + 49min + 37s},
      {"two-digit year of now", "Sunday, 22-Nov-26 17:00:00 GMT", now},
  };
  for (const auto& [label, text, meant] : rows) {
    INFO(label);
    CHECK(wire::parse_http_date(text, now) == meant);
  }
}

TEST_CASE("what is no HTTP date is not read as one") {
  for (const auto* text :
       {"", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "sun, 06 nov 1994 08:49:37 gmt", "Sun, 31 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2023 00:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 06 08:49:37 1994 GMT", "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:3", "Sun, "}) {
    INFO(text);
    CHECK_FALSE(wire::parse_http_date(text, now));
  }
}

TEST_CASE("an HTTP date is written in the preferred form") {
  CHECK(wire::format_http_date(rfc_example + 999ms) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(wire::format_http_date(model::wall_time{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("a written HTTP date reads back as the same second") {
  tests::holds_for_all("parse(format(t)) == t", [](std::uint32_t since_1970_s) {
    const model::wall_time when{std::chrono::seconds{since_1970_s}};
    return wire::parse_http_date(wire::format_http_date(when), now) == when;
  });
}
