#include "config/duration.hpp"

#include "support/property.hpp"

using namespace edge_rollup;
using namespace std::chrono_literals;

TEST_CASE("durations are a whole number and a unit") {
  CHECK(config::parse_duration("0s") == 0ms);
  CHECK(config::parse_duration("250ms") == 250ms);
  CHECK(config::parse_duration("30s") == 30s);
  CHECK(config::parse_duration("5m") == 5min);
  CHECK(config::parse_duration("12h") == 12h);
  CHECK(config::parse_duration("7d") == 168h);
  CHECK(config::parse_duration("3650d") == config::max_duration);
}

TEST_CASE("anything else is an error that names the units") {
  for (const auto* text : {"", "5", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1min", "1m30s", "0x10s",
                           "99999999999999999999s"}) {
    INFO(text);
    const auto read = config::parse_duration(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().text.find("ms, s, m, h, d") != std::string::npos);
  }
  CHECK(config::parse_duration("3651d").error().text == "'3651d' is too long: at most 3650d");
}

TEST_CASE("what is near to a duration is told as one") {
  CHECK(config::likely_duration("5m30s") == "330s");
  CHECK(config::likely_duration("1h 30min") == "90m");
  CHECK(config::likely_duration("30 sec") == "30s");
  CHECK(config::likely_duration("2days") == "2d");
  CHECK(config::likely_duration("250 msec") == "250ms");
  for (const auto* text : {"", "5", "min", "5%", "1.5h", "-5s", "0sec", "5 months", "3650d1s"}) {
    INFO(text);
    CHECK_FALSE(config::likely_duration(text));
  }
}

TEST_CASE("what is printed reads back as the same, in the largest unit that fits") {
  CHECK(config::to_string(0ms) == "0s");
  CHECK(config::to_string(300s) == "5m");
  CHECK(config::to_string(1500ms) == "1500ms");
  CHECK(config::to_string(36h) == "36h");
  tests::holds_for_all("print and read", [] {
    const auto span = std::chrono::milliseconds{*rc::gen::inRange<std::int64_t>(0, config::max_duration.count() + 1)};
    RC_ASSERT(*config::parse_duration(config::to_string(span)) == span);
  });
}
