// The reasons that delivery holds for: one list in the code, those of the metric's specification and of the runbook.
#include "deliver/verdict.hpp"

#include "support/source_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

using namespace edge_rollup;

namespace {

using words = std::set<std::string, std::less<>>;

const words reasons(deliver::hold_reason_names.begin(), deliver::hold_reason_names.end());

std::string text_between(std::string_view file, std::string_view begin, std::string_view end) {
  std::ifstream in(tests::source_file(file));
  REQUIRE(in.is_open());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto from = text.find(begin);
  REQUIRE(from != std::string::npos);
  const auto after = from + begin.size();
  return text.substr(after, text.find(end, after) - after);
}

/// What stands in backticks.
words quoted_in(std::string_view text) {
  words found;
  for (auto open = text.find('`'); open != std::string_view::npos; open = text.find('`', open)) {
    const auto close = text.find('`', open + 1);
    REQUIRE(close != std::string_view::npos);
    found.emplace(text.substr(open + 1, close - open - 1));
    open = close + 1;
  }
  return found;
}

}  // namespace

TEST_CASE("docs/telemetry.md names every reason of a hold and no other") {
  const auto section = text_between("docs/telemetry.md", "### delivery_hold\n", "\n#");
  CHECK(quoted_in(section.substr(section.find("`reason`") + std::string_view("`reason`").size())) == reasons);
}

TEST_CASE("The runbook of DeliveryHeld says for every reason of a hold what to mend") {
  std::istringstream table(text_between("docs/runbooks.md", "| reason | mend |\n|---|---|\n", "\n\n"));
  words told;
  for (std::string row; std::getline(table, row);) told.merge(quoted_in(row.substr(0, row.find(" | "))));
  CHECK(told == reasons);
}
