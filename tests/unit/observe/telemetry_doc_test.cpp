#include "observe/metric_families.hpp"

#include "support/source_file.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <string>
#include <vector>

using namespace edge_rollup::observe;

namespace {

constexpr std::string_view prefix = "edge_rollup_";
constexpr std::string_view process_prefix = "process_";  // what client libraries of Prometheus agree on

std::vector<std::string> lines_of_the_doc() {
  std::ifstream doc(edge_rollup::tests::source_file("docs/telemetry.md"));
  REQUIRE(doc.is_open());
  std::vector<std::string> lines;
  for (std::string line; std::getline(doc, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> that_begin_with(const std::vector<std::string>& lines, std::string_view begin) {
  std::vector<std::string> found;
  for (const auto& line : lines)
    if (line.starts_with(begin)) found.push_back(line);
  return found;
}

}  // namespace

TEST_CASE("The table in docs/telemetry.md is the table in the code") {
  std::vector<std::string> expected;
  for (const metric_family& row : metric_families) {
    const auto label = row.label.empty() ? std::string() : fmt::format("`{}` ", row.label);
    expected.push_back(fmt::format("| `{}` | {} | {}|", row.name, to_string(row.type), label));
  }
  const auto lines = lines_of_the_doc();
  auto table = that_begin_with(lines, "| `edge_rollup_");
  const auto of_process = that_begin_with(lines, "| `process_");
  table.insert(table.end(), of_process.begin(), of_process.end());
  CHECK(table == expected);
}

TEST_CASE("docs/telemetry.md says of every metric what MUST happen") {
  const auto lines = lines_of_the_doc();
  for (const metric_family& row : metric_families) {
    INFO(row.name);
    const auto heading =
        fmt::format("### {}", row.name.starts_with(prefix) ? row.name.substr(prefix.size()) : row.name);
    const auto at = std::ranges::find(lines, heading);
    REQUIRE(at != lines.end());
    std::string section;
    for (auto line = at + 1; line != lines.end() && !line->starts_with("#"); ++line) section += *line + "\n";
    CHECK(section.find("MUST") != std::string::npos);
  }
}

TEST_CASE("Metric names follow the Prometheus conventions") {
  for (const metric_family& row : metric_families) {
    INFO(row.name);
    CHECK((row.name.starts_with(prefix) || row.name.starts_with(process_prefix)));
    CHECK(row.name.ends_with("_total") == (row.type == metric_type::counter));
    CHECK(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
    CHECK(row.help.ends_with("."));
  }
}
