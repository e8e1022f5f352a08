#include "serve/query.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace edge_rollup;
using serve::query;

namespace {

constexpr std::array<std::string_view, 3> known{"state", "q", "limit"};
constexpr std::array<std::string_view, 2> states{"ok", "failed"};

}  // namespace

TEST_CASE("A query gives its parameters decoded") {
  const auto read = query::read("q=a%26b+c%C3%A9&&limit=7&state=failed", known);
  REQUIRE(read);
  CHECK(read->find("q") == "a&b c\xC3\xA9");
  CHECK(read->number("limit", 1, 1, 10) == 7);
  CHECK(read->word("state", states) == 1);
  for (const std::string_view nothing : {"", "state=&q=&limit=", "q"}) {
    INFO(nothing);
    const auto empty = query::read(nothing, known);
    REQUIRE(empty);
    CHECK(empty->find("q") == std::nullopt);
    CHECK(empty->number("limit", 3, 1, 10) == 3);
    CHECK(empty->word("state", states).value() == std::nullopt);
  }
}

TEST_CASE("A query that cannot be meant is refused with the parameter's name") {
  struct row {
    std::string text, told;
  };
  const std::vector<row> rows = {
      {"stat=ok", "none of the parameters state, q, limit"},
      {"q=%4", "percent-encoded"},
      {"%zz", "percent-encoded"},
      {"q=1&q=2", "q stands there twice"},
  };
  for (const auto& [text, told] : rows) {
    INFO(text);
    const auto read = query::read(text, known);
    REQUIRE_FALSE(read);
    CHECK(read.error().text.contains(told));
  }
  CHECK(query::read("x=1", {}).error().text == "\"x\" is given where no parameters are known");
  for (const std::string_view text : {"limit=0", "limit=11", "limit=-1", "limit=1.5", "limit=99999999999999999999"}) {
    INFO(text);
    const auto number = query::read(text, known)->number("limit", 1, 1, 10);
    REQUIRE_FALSE(number);
    CHECK(number.error().text == "limit must be a whole number in 1..10");
  }
  const auto word = query::read("state=bad", known)->word("state", states);
  REQUIRE_FALSE(word);
  CHECK(word.error().text == "state must be one of ok, failed");
}
