#include "deliver/retry_after.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

constexpr model::wall_time now = std::chrono::sys_days{2026y / 11 / 22} + 17h;

}  // namespace

TEST_CASE("Retry-After says how many seconds to wait") {
  struct row {
    const char* label;
    const char* field;
    const char* date;
    std::optional<model::seconds> wait;
  };
  const row rows[] = {
      {"seconds", "120", "", 120s},
      {"zero", "0", "", 0s},
      {"seconds with blanks around", " 5\t", "", 5s},
      {"more seconds than a number holds", "99999999999999999999", "", 2147483647s},
      {"a date, by our own clock", "Sun, 22 Nov 2026 17:02:00 GMT", "", 120s},
      {"an RFC 850 date", "Sunday, 22-Nov-26 17:02:00 GMT", "", 120s},
      {"an asctime date", "Sun Nov 22 17:02:00 2026", "", 120s},
      {"a date in the past", "Sun, 22 Nov 2026 16:00:00 GMT", "", 0s},
      {"a date, by the clock of the cloud", "Thu, 01 Jan 1970 00:00:30 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", 30s},
      {"before its own Date", "Sun, 22 Nov 2026 16:59:00 GMT", "Sun, 22 Nov 2026 17:00:00 GMT", 0s},
      {"a Date far away is not believed", "Sun, 22 Nov 2026 17:02:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", 120s},
      {"a Date that is none", "Sun, 22 Nov 2026 17:02:00 GMT", "yesterday", 120s},
      {"empty", "", "", std::nullopt},
      {"blank", "  ", "", std::nullopt},
      {"a word", "soon", "", std::nullopt},
      {"negative", "-5", "", std::nullopt},
      {"a fraction", "1.5", "", std::nullopt},
      {"a unit", "5s", "", std::nullopt},
  };
  for (const auto& [label, field, date, wait] : rows) {
    INFO(label);
    CHECK(deliver::parse_retry_after(field, date, now) == wait);
  }
}
