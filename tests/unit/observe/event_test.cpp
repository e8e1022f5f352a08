// The journal's side of events: one table in the code, the catalog and the documentation.
#include "observe/event.hpp"

#include "observe/log_line.hpp"
#include "support/source_file.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

using namespace edge_rollup::observe;

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(edge_rollup::tests::source_file(file));
  REQUIRE(in.is_open());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("every event has a message id of its own, as systemd-id128 makes them") {
  std::set<std::string_view> ids;
  std::set<std::string_view> names;
  for (const event_row& row : events) {
    CAPTURE(row.name);
    CHECK(row.message_id.size() == 32);
    CHECK(row.message_id.find_first_not_of("0123456789abcdef") == std::string_view::npos);
    CHECK(ids.insert(row.message_id).second);
    CHECK(names.insert(row.name).second);
  }
}

TEST_CASE("every event is in the journal's catalog and in docs/telemetry.md") {
  const auto catalog = text_of("systemd/edge-rollup.catalog");
  const auto doc = text_of("docs/telemetry.md");
  for (const event_row& row : events) {
    CAPTURE(row.name);
    CHECK(catalog.contains(fmt::format("-- {}\n", row.message_id)));
    CHECK(doc.contains(fmt::format("| `{}` | `{}` |", row.name, row.message_id)));
  }
}

TEST_CASE("an event is the message id of a journal entry, a member in JSON, and nothing in text for people") {
  const std::vector<log_field> fields{event_field(event::dead_letter), {"sequence", std::uint64_t{7}}};
  const auto entry = journal_fields(log_level::warn, "dead", fields);
  CHECK(std::ranges::count(entry, "MESSAGE_ID=fe52247e2eb1481db2207fd0225ba5b5") == 1);
  CHECK(std::ranges::count(entry, "EDGE_ROLLUP_EVENT=dead_letter") == 1);
  CHECK(json_line({}, log_level::warn, "dead", fields).contains(R"("event":"dead_letter")"));
  CHECK(text_line({}, log_level::warn, "dead", fields).ends_with("dead  sequence=7"));
}
