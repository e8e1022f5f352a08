#include "wire/indented_json.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using edge_rollup::wire::indented_json;

TEST_CASE("JSON is laid out one member or element a line, its values untouched") {
  const struct {
    const char* label;
    const char* text;
    const char* laid_out;
  } rows[] = {
      {"a scalar", "1e3", "1e3"},
      {"empty ones stay on their line", R"({"a":{},"b":[ ]})", "{\n  \"a\": {},\n  \"b\": []\n}"},
      {"levels", R"({"a":[1,{"b":null}]})", "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ]\n}"},
      {"white space is replaced", "{ \"a\" :\n1 , \"b\":\t2 }", "{\n  \"a\": 1,\n  \"b\": 2\n}"},
      {"strings are not looked into", R"(["{[,:]}","\"]\\"])", "[\n  \"{[,:]}\",\n  \"\\\"]\\\\\"\n]"},
      {"large and exact numbers", "[18446744073709551615,0.10]", "[\n  18446744073709551615,\n  0.10\n]"},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    CHECK(indented_json(row.text) == row.laid_out);
  }
}
