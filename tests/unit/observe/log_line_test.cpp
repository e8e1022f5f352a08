#include "observe/log_line.hpp"

#include <catch2/catch_test_macros.hpp>

#include <limits>

using namespace edge_rollup::observe;
using edge_rollup::model::wall_time;

namespace {

constexpr wall_time now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours(17) +
                        std::chrono::minutes(5) + std::chrono::milliseconds(123)};

const std::vector<log_field> every_type = {{"text", "plain"},
                                           {"below_zero", std::int64_t{-5}},
                                           {"count", std::numeric_limits<std::uint64_t>::max()},
                                           {"quality", 0.968},
                                           {"first", true}};

}  // namespace

TEST_CASE("A text line is time, level, message and fields") {
  CHECK(text_line(now, log_level::info, "the message", {}) == "2026-11-22T17:05:00.123Z info  the message");
  CHECK(text_line(now, log_level::error, "the message", every_type) ==
        "2026-11-22T17:05:00.123Z error the message  text=plain below_zero=-5 count=18446744073709551615 quality=0.968 "
        "first=true");
}

TEST_CASE("Text values are quoted where a reader could not tell their end") {
  struct row {
    const char* label;
    std::string value;
    std::string_view shown;
  };
  const row rows[] = {
      {"a word", "pump-1", "name=pump-1"},
      {"a blank", "pump 1", "name=\"pump 1\""},
      {"nothing", "", "name=\"\""},
      {"an equals sign", "a=b", "name=\"a=b\""},
      {"a quote", "a\"b", "name=\"a\\\"b\""},
      {"a line feed cannot begin another line", "a\nerror forged", "name=\"a\\nerror forged\""},
      {"an escape sequence", "\x1b[2J", "name=\\x1b[2J"},
  };
  for (const row& r : rows) {
    DYNAMIC_SECTION(r.label) {
      CHECK(text_line(now, log_level::warn, "m", {{"name", r.value}}) ==
            "2026-11-22T17:05:00.123Z warn  m  " + std::string(r.shown));
    }
  }
}

TEST_CASE("Only the level is coloured, and only on request") {
  CHECK(colored_text_line(now, log_level::warn, "\x1b[5mm", {}) ==
        "2026-11-22T17:05:00.123Z \x1b[33mwarn \x1b[0m \\x1b[5mm");
}

TEST_CASE("A json line is one object with the fields beside the message") {
  CHECK(json_line(now, log_level::debug, "said \"so\"\n", every_type) ==
        R"({"time":"2026-11-22T17:05:00.123Z","level":"debug","message":"said \"so\"\\n","text":"plain",)"
        R"("below_zero":-5,"count":18446744073709551615,"quality":0.968,"first":true})");
  CHECK(json_line(now, log_level::info, "m", {{"none", std::numeric_limits<double>::quiet_NaN()}})
            .ends_with(R"("none":null})"));
}

TEST_CASE("A journal entry has the message, the syslog priority and each field under its own name") {
  CHECK(journal_fields(log_level::warn, "two\nlines", {{"error_kind", "dns"}, {"tries", std::uint64_t{3}}}) ==
        std::vector<std::string>{"MESSAGE=two\\nlines", "PRIORITY=4", "SYSLOG_IDENTIFIER=edge-rollup",
                                 "EDGE_ROLLUP_ERROR_KIND=dns", "EDGE_ROLLUP_TRIES=3"});
}

TEST_CASE("Levels are the syslog priorities debug, informational, warning and error") {
  CHECK(journal_fields(log_level::debug, "", {})[1] == "PRIORITY=7");
  CHECK(journal_fields(log_level::info, "", {})[1] == "PRIORITY=6");
  CHECK(journal_fields(log_level::warn, "", {})[1] == "PRIORITY=4");
  CHECK(journal_fields(log_level::error, "", {})[1] == "PRIORITY=3");
}

TEST_CASE("Message and fields are cut in every format") {
  const std::string endless(1'000'000, 'x');
  const std::vector<log_field> fields{{"name", endless}};
  constexpr std::size_t limit = max_message_bytes + max_field_bytes + 200;
  CHECK(text_line(now, log_level::info, endless, fields).size() < limit);
  CHECK(json_line(now, log_level::info, endless, fields).size() < limit);
  const auto entry = journal_fields(log_level::info, endless, fields);
  CHECK(entry.front().size() < limit);
  CHECK(entry.back().size() < limit);
}
