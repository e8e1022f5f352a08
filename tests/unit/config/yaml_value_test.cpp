#include "config/yaml_value.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using type = config::yaml_value::type;

namespace {

std::string mistakes_in(const std::string& text) {
  config::source_text source(config::source_kind::file, "f.yaml", text);
  config::mistakes wrong;
  [[maybe_unused]] const auto read = config::parse_yaml(source, wrong);
  return wrong.count() == 0 ? "" : wrong.as_error().text;
}

}  // namespace

TEST_CASE("everything has its place, a missing value that of its key") {
  config::source_text source(config::source_kind::file, "f.yaml",
                             "\xEF\xBB\xBF"
                             "a: 1\r\nb:\r\n  - \"x\"\r\n  - {c: }\r\nd:\r\n");
  config::mistakes wrong;
  const auto root = config::parse_yaml(source, wrong);
  REQUIRE(wrong.count() == 0);
  REQUIRE(root.is == type::map);
  REQUIRE(root.items.size() == 3);
  CHECK(source.place(root.items[0].at) == "f.yaml:1:4");
  const auto& list = root.items[1];
  REQUIRE(list.items.size() == 2);
  CHECK(source.place(list.items[0].at) == "f.yaml:3:5");
  CHECK(list.items[0].style == config::yaml_value::quoting::quoted);
  CHECK(source.place(list.items[1].items[0].at) == "f.yaml:4:6");
  CHECK(root.items[2].is == type::null);
  CHECK(source.place(root.items[2].at) == "f.yaml:5:1");
}

TEST_CASE("an item that is missing has the place of its dash") {
  config::source_text source(config::source_kind::file, "f.yaml",
                             "a:\n  - # to come\n\n  # and\n  - b\n  - [c, , d]\n  -\n");
  config::mistakes wrong;
  const auto root = config::parse_yaml(source, wrong);
  REQUIRE(wrong.count() == 0);
  const auto& list = root.items[0].items;
  REQUIRE(list.size() == 4);
  CHECK(source.place(list[0].at) == "f.yaml:2:3");
  CHECK(source.place(list[1].at) == "f.yaml:5:5");
  CHECK(source.place(list[2].items[1].at) == "f.yaml:6:9");
  CHECK(source.place(list[3].at) == "f.yaml:7:3");
}

TEST_CASE("what YAML allows and settings do not is a mistake with its place") {
  struct row {
    const char* label;
    std::string text;
    const char* place;
    const char* words;
  };
  const row rows[] = {
      {"syntax", "a: b: c\n", "f.yaml:1:5: ", "this is no YAML"},
      {"escape at the end", "a: \"b\\", "f.yaml:1:", "unknown escape character: \\x"},
      {"open bracket", "a: [b\n", "f.yaml:", "this is no YAML"},
      {"tab", "a:\n\tb: c\n", "f.yaml:2:", "YAML takes no tabs"},
      {"duplicate", "a: 1\nb: 2\na: 3\n", "f.yaml:3:1: ", "first in line 1"},
      {"duplicate inside", "a: {b: 1, b: 2}\n", "f.yaml:1:11: ", "'a.b' stands here a second time"},
      {"duplicate inside a list", "a: [{b: 1, b: 2}]\n", "f.yaml:1:12: ", "'a[].b' stands here a second time"},
      {"duplicate inside a key", "? {b: 1, b: 2}\n: c\n", "f.yaml:1:10: ", "'b' stands here a second time"},
      {"second document", "a: 1\n---\nb: 2\n", "f.yaml:2:1: ", "second document"},
      {"open quotes", "a: \"b\n", "f.yaml:1:4: ", "not closed"},
      {"open single quotes", "a: 'it''s\n", "f.yaml:1:4: ", "not closed"},
      {"anchor", "a: &x b\n", "f.yaml:1:", "anchors"},
      {"alias", "a: &x b\nc: *x\n", "f.yaml:2:4: ", "alias"},
      {"tag", "a: !!str 5\n", "f.yaml:1:4: ", "tags"},
      {"list as key", "? [a]\n: 1\n", "f.yaml:1:3: ", "a key is a single word"},
      {"no UTF-8", "a: b\nc: \xFF\n", "f.yaml:2:4: ", "UTF-8"},
      {"control character", std::string("a: b\x04\n"), "f.yaml:1:5: ", "UTF-8"},
      {"UTF-16",
       std::string("\xFF\xFE"
                   "a\0:\0",
                   6),
       "f.yaml:1:1: ", "UTF-8"},
  };
  for (const row& each : rows) {
    INFO(each.label);
    const auto told = mistakes_in(each.text);
    CAPTURE(told);
    CHECK(told.find(each.place) != std::string::npos);
    CHECK(told.find(each.words) != std::string::npos);
  }
}

TEST_CASE("nothing but words of keys is shown of a text that is no YAML") {
  const auto told = mistakes_in("cloud:\n  auth: {bearer_token: hunter2 hunter3: x\n");
  CHECK(told.find("bearer_token") != std::string::npos);
  CHECK(told.find("hunter") == std::string::npos);
}

TEST_CASE("an empty file, comments and one document with its markers are fine") {
  for (const auto* text : {"", "# nothing\n", "---\na: 1\n", "a: 1\n...\n"}) {
    INFO(text);
    CHECK(mistakes_in(text).empty());
  }
}
