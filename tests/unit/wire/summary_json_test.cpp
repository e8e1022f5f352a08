#include "wire/summary_json.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace edge_rollup::wire {
namespace {

using model::failure_kind;

TEST_CASE("A summary is read as it was meant", "[wire][summary]") {
  const auto summary =
      parse_summary(R"({"record_count": 4160, "quality_score": 0.981, "last_updated": "2026-11-22T17:04:51Z"})");
  REQUIRE(summary);
  CHECK(summary->record_count == 4160);
  CHECK(summary->quality_score == 0.981);
  CHECK(summary->last_updated == "2026-11-22T17:04:51Z");
  CHECK(summary->last_updated_at == model::wall_time{model::seconds{1'795'367'091}});
}

TEST_CASE("A record count is any number with an integer value, exactly", "[wire][summary]") {
  struct {
    std::string_view raw;
    std::uint64_t expected;
  } const table[] = {{"0", 0},
                     {"-0", 0},
                     {"1e3", 1000},
                     {"5.0", 5},
                     {"18446744073709551615", 18446744073709551615U},
                     {"9007199254740992.0", 9007199254740992U}};
  for (const auto& row : table) {
    CAPTURE(row.raw);
    const auto summary = parse_summary(fmt::format(R"({{"record_count":{},"quality_score":1}})", row.raw));
    REQUIRE(summary);
    CHECK(summary->record_count == row.expected);
  }
}

TEST_CASE("A quality score is any number from 0 to 1", "[wire][summary]") {
  struct {
    std::string_view raw;
    double expected;
  } const table[] = {{"0", 0.0}, {"1", 1.0}, {"1.0e0", 1.0}, {"1e-400", 0.0}, {"-0.0", 0.0}, {"9.81e-1", 0.981}};
  for (const auto& row : table) {
    CAPTURE(row.raw);
    const auto summary = parse_summary(fmt::format(R"({{"record_count":1,"quality_score":{}}})", row.raw));
    REQUIRE(summary);
    CHECK(summary->quality_score == row.expected);
    CHECK_FALSE(std::signbit(summary->quality_score));
  }
}

TEST_CASE("A summary that breaks a rule names the field and the rule", "[wire][summary]") {
  struct {
    std::string_view body, expected;
  } const table[] = {
      {R"({})", "record_count is missing"},
      {R"({"record_count":1})", "quality_score is missing"},
      {R"({"quality_score":1})", "record_count is missing"},
      {R"({"Record_Count":1,"quality_score":1})", "record_count is missing"},
      {R"({"a":{"record_count":1},"quality_score":1})", "record_count is missing"},
      {R"({"record_count":1.5,"quality_score":1})",
       "record_count is 1.5, but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":-1,"quality_score":1})",
       "record_count is -1, but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":"5","quality_score":1})",
       "record_count is \"5\", but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":true,"quality_score":1})",
       "record_count is true, but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":null,"quality_score":1})",
       "record_count is null, but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":[1],"quality_score":1})",
       "record_count is an array, but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":18446744073709551616,"quality_score":1})",
       "record_count is 18446744073709551616, but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":1e19,"quality_score":1})",
       "record_count is 1e19, but must be an integer from 0 to 2^64-1, in plain digits above 2^53"},
      {R"({"record_count":1,"quality_score":1.01})", "quality_score is 1.01, but must be a number from 0 to 1"},
      {R"({"record_count":1,"quality_score":-0.1})", "quality_score is -0.1, but must be a number from 0 to 1"},
      {R"({"record_count":1,"quality_score":1e400})", "quality_score is 1e400, but must be a number from 0 to 1"},
      {R"({"record_count":1,"quality_score":"NaN"})", "quality_score is \"NaN\", but must be a number from 0 to 1"},
      {R"({"record_count":1,"quality_score":{}})", "quality_score is an object, but must be a number from 0 to 1"},
      {"{\"record_count\":\"\u00e9\",\"quality_score\":1}",
       R"(record_count is "\xc3\xa9", but must be an integer from 0 to 2^64-1, in plain digits above 2^53)"},
      {R"({"record_count":1,"record_count":1,"quality_score":1})", "record_count is repeated"},
      {R"({"record_count":1,"record\u005fcount":1,"quality_score":1})", "record_count is repeated"},
      {R"({"record_count":1,"quality_score":1,"quality_score":1})", "quality_score is repeated"},
      {R"({"record_count":1,"last_updated":null,"quality_score":1,"last_updated":null})", "last_updated is repeated"},
  };
  for (const auto& row : table) {
    CAPTURE(row.body);
    const auto summary = parse_summary(row.body);
    REQUIRE_FALSE(summary);
    CHECK(summary.error().kind == failure_kind::bad_summary);
    CHECK(summary.error().message == row.expected);
    CHECK_FALSE(summary.error().http_status);
  }
}

TEST_CASE("A field that is repeated three times is still repeated", "[wire][summary]") {
  const auto summary = parse_summary(R"({"quality_score":1,"record_count":1,"record_count":2,"record_count":3})");
  REQUIRE_FALSE(summary);
  CHECK(summary.error().message == "record_count is repeated");
}

TEST_CASE("A body that is not one JSON object says why", "[wire][summary]") {
  struct {
    std::string_view body, expected;
  } const table[] = {
      {"", "the answer is empty, not a JSON object"},
      {" \r\n", "the answer is empty, not a JSON object"},
      {"\xEF\xBB\xBF{}", "the answer is not JSON: it begins with a byte order mark"},
      {"[1]", "the answer is an array, not a JSON object"},
      {"42", "the answer is a number, not a JSON object"},
      {"\"x\"", "the answer is a string, not a JSON object"},
      {"null", "the answer is null, not a JSON object"},
      {"<html>\n", R"(the answer is not JSON: a value is missing at byte 0, before <html>\x0a)"},
      {R"({"record_count":1,"quality_score":1}{})",
       "the answer is not JSON: something follows the JSON object at byte 36, before {}"},
      {R"({"record_count":1,"quality_score":)", "the answer is not JSON: the text ends too early at byte 34"},
      {R"({"record_count":1,"quality_score":NaN})",
       "the answer is not JSON: a value is missing at byte 34, before NaN}"},
      {"{\"record_count\":-1,\"x\":\"\xff\"}",
       R"(the answer is not JSON: a string is not UTF-8 at byte 24, before \xff"})"},
      {"{\"\xff\":1}", R"(the answer is not JSON: a string is not UTF-8 at byte 2, before \xff":1})"},
  };
  for (const auto& row : table) {
    CAPTURE(row.body);
    const auto summary = parse_summary(row.body);
    REQUIRE_FALSE(summary);
    CHECK(summary.error().kind == failure_kind::bad_json);
    CHECK(summary.error().message == row.expected);
  }
}

TEST_CASE("Fields nobody knows may hold any JSON, and may be repeated", "[wire][summary]") {
  for (const std::string_view extra : {R"("x":1e400)", R"("x":"\ud800")", R"("x":1,"x":2)", R"("\ud800":1)",
                                       R"("x":{"record_count":-1,"record_count":"y"})", R"("":[[],{},null])"}) {
    CAPTURE(extra);
    CHECK(parse_summary(fmt::format(R"({{{},"record_count":1,"quality_score":1}})", extra)));
    CHECK(parse_summary(fmt::format(R"({{"record_count":1,"quality_score":1,{}}})", extra)));
  }
}

TEST_CASE("A summary may be nested 64 levels deep and no deeper", "[wire][summary]") {
  const auto with_levels = [](std::size_t levels) {
    const std::size_t inner = levels - 1;
    return R"({"record_count":1,"quality_score":1,"x":)" + std::string(inner, '[') + std::string(inner, ']') + "}";
  };
  CHECK(parse_summary(with_levels(64)));
  const auto deeper = parse_summary(with_levels(65));
  REQUIRE_FALSE(deeper);
  CHECK(deeper.error().kind == failure_kind::bad_json);
  CHECK(deeper.error().message.contains("deeper than 64 levels"));
}

TEST_CASE("Keys may be written with escapes", "[wire][summary]") {
  const auto summary = parse_summary(R"({"record\u005fcount":7,"\u0071uality_score":0.5,"last_updat\u0065d":"x"})");
  REQUIRE(summary);
  CHECK(summary->record_count == 7);
  CHECK(summary->last_updated == "x");
}

TEST_CASE("last_updated is passed on as it came, as far as it is a short string", "[wire][summary]") {
  struct {
    std::string raw;
    std::optional<std::string> text;
    bool has_meaning;
  } const table[] = {
      {R"("2026-11-22T17:04:51")", "2026-11-22T17:04:51", true},
      {R"("2026-11-22\u005417:04:51Z")", "2026-11-22T17:04:51Z", true},
      {R"("yesterday")", "yesterday", false},
      {R"("")", "", false},
      {R"("a\nb")", "a\nb", false},
      {"\"" + std::string(64, 'x') + "\"", std::string(64, 'x'), false},
      {"\"" + std::string(65, 'x') + "\"", std::nullopt, false},
      {"\"" + std::string(10'000, 'x') + "\"", std::nullopt, false},
      {R"("\ud800")", std::nullopt, false},
      {"null", std::nullopt, false},
      {"1795367091", std::nullopt, false},
      {"{}", std::nullopt, false},
  };
  for (const auto& row : table) {
    CAPTURE(row.raw);
    const auto summary =
        parse_summary(fmt::format(R"({{"record_count":1,"quality_score":1,"last_updated":{}}})", row.raw));
    REQUIRE(summary);
    CHECK(summary->last_updated == row.text);
    CHECK(summary->last_updated_at.has_value() == row.has_meaning);
  }
}

TEST_CASE("No body brings the reader down, and no message is long", "[wire][summary]") {
  tests::holds_for_all("any mutation of a summary is read or refused", [] {
    std::string body =
        R"({"record_count": 41, "quality_score": 0.98, "last_updated": "2026-11-22T17:04:51Z", "x":[{}]})";
    const int changes = *rc::gen::inRange(0, 6);
    for (int i = 0; i < changes; ++i) {
      body.insert(*rc::gen::inRange<std::size_t>(0, body.size() + 1), *rc::gen::string<std::string>());
      body.erase(*rc::gen::inRange<std::size_t>(0, body.size()), *rc::gen::inRange<std::size_t>(0, 3));
    }
    const auto summary = parse_summary(body);
    if (summary) {
      RC_ASSERT(summary->quality_score >= 0.0);
      RC_ASSERT(summary->quality_score <= 1.0);
    } else {
      RC_ASSERT(summary.error().message.size() <= 256U);
    }
  });
  const auto longest = parse_summary(R"({"record_count":")" + std::string(60'000, '\x7f') + R"(","quality_score":1})");
  REQUIRE_FALSE(longest);
  CHECK(longest.error().message.size() <= 256);
}

TEST_CASE("Every count and score survives being written and read", "[wire][summary]") {
  tests::holds_for_all("shortest form reads back", [](std::uint64_t count) {
    const double score = static_cast<double>(*rc::gen::arbitrary<std::uint64_t>()) /
                         static_cast<double>(std::numeric_limits<std::uint64_t>::max());
    const auto summary = parse_summary(fmt::format(R"({{"record_count":{},"quality_score":{}}})", count, score));
    RC_ASSERT(summary.has_value());
    RC_ASSERT(summary->record_count == count);
    RC_ASSERT(summary->quality_score == score);
  });
}

}  // namespace
}  // namespace edge_rollup::wire
