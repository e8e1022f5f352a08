#include "wire/json_view.hpp"

#include <catch2/catch_test_macros.hpp>

using edge_rollup::wire::json_view;

TEST_CASE("values are found by their names, however deep") {
  const auto view = json_view::over(R"( {"a": {"b": [1, {"c": "x\u00e9\"y"}, -2.5]}, "d": true, "a\"b": 7} )");
  REQUIRE(view);
  const auto elements = view->at("a").at("b").elements();
  REQUIRE(elements.size() == 3);
  CHECK(elements[0].count() == 1);
  CHECK(elements[1].at("c").text() == "x\u00e9\"y");
  CHECK(elements[2].real() == -2.5);
  CHECK(view->at("d").is_true());
  CHECK(view->at("a\"b").count() == 7);
}

TEST_CASE("the largest count keeps all its digits") {
  const auto view = json_view::over(R"({"records": 18446744073709551615})");
  REQUIRE(view);
  CHECK(view->at("records").count() == 18'446'744'073'709'551'615ULL);
}

TEST_CASE("what is missing or of another type is like null") {
  const auto view = json_view::over(R"({"text": "x", "list": [], "nothing": null, "number": 1.5, "no": false})");
  REQUIRE(view);
  CHECK(view->at("other").is_null());
  CHECK(view->at("nothing").is_null());
  CHECK(view->at("text").at("deeper").at("still").is_null());
  CHECK_FALSE(view->at("text").count());
  CHECK_FALSE(view->at("number").count());
  CHECK_FALSE(view->at("number").text());
  CHECK_FALSE(view->at("no").is_true());
  CHECK(view->at("text").elements().empty());
  CHECK(view->at("list").elements().empty());
}

TEST_CASE("a text that is not one JSON value is refused with the place") {
  struct row {
    const char* label;
    const char* text;
    std::size_t at;
  };
  for (const auto& [label, text, at] : {row{"nothing", "", 0}, row{"two values", "{} {}", 3}, row{"cut", "{\"a\":", 5},
                                        row{"a web page", "<html>", 0}}) {
    INFO(label);
    const auto view = json_view::over(text);
    REQUIRE_FALSE(view);
    CHECK(view.error().at == at);
  }
}
