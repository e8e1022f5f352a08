#include "wire/json_scanner.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::wire {
namespace {

bool is_json(std::string_view text) {
  json_scanner in{text};
  return in.value() && in.at_end();
}

std::string nested(std::size_t levels, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += open;
  for (std::size_t i = 0; i < levels; ++i) text += close;
  return text;
}

TEST_CASE("The scanner accepts exactly the grammar of JSON", "[wire][json]") {
  constexpr std::string_view valid[] = {"{}",
                                        "[]",
                                        " [ ] ",
                                        "\t\r\n{ }\n",
                                        R"({"a":1})",
                                        R"({"":{"":[{},[],""]}})",
                                        "[1,2,[3,[4]],5]",
                                        "true",
                                        "false",
                                        "null",
                                        "0",
                                        "-0",
                                        "0.0",
                                        "1e5",
                                        "1E+5",
                                        "1e-05",
                                        "-12.50",
                                        "1e99999",
                                        R"("")",
                                        R"("\"\\\/\b\f\n\r\t\u00e9")",
                                        R"("\ud83d\ude00")",
                                        R"("\ud800")",
                                        "\"\u00e9\u20ac\U0001F600\"",
                                        "\"\x7f\"",
                                        R"([{"a":[]},{"b":{}}])"};
  for (const auto text : valid) {
    CAPTURE(text);
    CHECK(is_json(text));
  }
  constexpr std::string_view invalid[] = {"",
                                          " ",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          "[1",
                                          "[1,",
                                          "[1,]",
                                          "[,1]",
                                          "[1 2]",
                                          "[}",
                                          "{]",
                                          R"({"a")",
                                          R"({"a":)",
                                          R"({"a":1)",
                                          R"({"a":1,})",
                                          R"({"a" 1})",
                                          R"({,})",
                                          R"({1:2})",
                                          R"({"a":1 "b":2})",
                                          R"({a:1})",
                                          "{'a':1}",
                                          "tru",
                                          "True",
                                          "nul",
                                          "NaN",
                                          "Infinity",
                                          "+1",
                                          "01",
                                          "-",
                                          "-01",
                                          "1.",
                                          ".5",
                                          "1e",
                                          "1e+",
                                          "0x10",
                                          "1,",
                                          "1 2",
                                          R"(")",
                                          R"("\)",
                                          R"("\x")",
                                          R"("\u12")",
                                          R"("\u12g4")",
                                          "\"\n\"",
                                          "\"\x01\"",
                                          "\"\x1f\"",
                                          "\"\x80\"",
                                          "\"\xc0\xaf\"",
                                          "\"\xed\xa0\x80\"",
                                          "\"\xf4\x90\x80\x80\"",
                                          "\"\xe2\x82\"",
                                          "\xEF\xBB\xBF{}",
                                          "[1]]",
                                          "{}{}",
                                          "/**/1",
                                          "[1]//x"};
  for (const auto text : invalid) {
    CAPTURE(text);
    CHECK_FALSE(is_json(text));
  }
  CHECK_FALSE(is_json(std::string_view{"1\0", 2}));
  CHECK_FALSE(is_json(std::string_view{"\"\0\"", 3}));
}

TEST_CASE("64 levels are scanned and 65 are not, at any length without recursion", "[wire][json]") {
  CHECK(is_json(nested(max_json_depth, "[", "]")));
  CHECK_FALSE(is_json(nested(max_json_depth + 1, "[", "]")));
  CHECK(is_json(R"({"a":)" + nested(max_json_depth - 1, "[", "]") + "}"));
  CHECK_FALSE(is_json(R"({"a":)" + nested(max_json_depth, "[", "]") + "}"));
  CHECK_FALSE(is_json(std::string(1'000'000, '[')));

  const auto text = "[" + nested(max_json_depth, "[", "]") + "]";
  json_scanner in{text};
  REQUIRE(in.enter_array());
  const auto element = in.next_element();
  REQUIRE_FALSE(element);
  CHECK(element.error().at == max_json_depth);
  CHECK(element.error().what.contains("deeper than 64"));
}

TEST_CASE("A fault says where the text stops being JSON", "[wire][json]") {
  struct {
    std::string_view text;
    std::size_t at;
    std::string_view what;
  } const table[] = {
      {"", 0, "the text ends too early"},
      {"<html>", 0, "a value is missing"},
      {R"({"a":1 "b":2})", 7, "a ',' or a closing bracket is missing"},
      {R"({"a":1,})", 7, "a name in quotes is missing"},
      {R"({"a" 1})", 5, "a ':' is missing"},
      {"[1.x]", 3, "a digit is missing in a number"},
      {"[\"a\tb\"]", 3, "there is a control character in a string"},
      {"[\"a\xff\"]", 3, "a string is not UTF-8"},
      {R"(["\q"])", 3, "there is an unknown escape in a string"},
      {R"(["\u00z"])", 6, "\\u needs four hexadecimal digits"},
      {R"(["abc)", 5, "the text ends too early"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    json_scanner in{row.text};
    const auto value = in.value();
    REQUIRE_FALSE(value);
    CHECK(value.error().at == row.at);
    CHECK(value.error().what == row.what);
  }
}

TEST_CASE("Stepping through an object gives its members as they stand", "[wire][json]") {
  json_scanner in{R"( { "a" : 1.50 , "\u0062":{"x":[1]} ,"c":"d" } x)"};
  REQUIRE(in.enter_object());
  const auto a = in.next_member();
  REQUIRE((a && *a));
  CHECK((*a)->key == "a");
  CHECK((*a)->value.raw == "1.50");
  CHECK((*a)->value.type == json_type::number);
  const auto b = in.next_member();
  REQUIRE((b && *b));
  CHECK((*b)->key == "\\u0062");
  CHECK((*b)->value.raw == R"({"x":[1]})");
  CHECK((*b)->value.type == json_type::object);
  const auto c = in.next_member();
  REQUIRE((c && *c));
  CHECK((*c)->value.raw == R"("d")");
  const auto end = in.next_member();
  REQUIRE(end);
  CHECK_FALSE(*end);
  CHECK_FALSE(in.at_end());
}

/// What of a text the scanner treats differently from nlohmann::json on purpose.
bool differs_on_purpose(const std::string& text) {
  if (text.starts_with("\xEF\xBB\xBF")) return true;
  try {
    [[maybe_unused]] const auto parsed = nlohmann::json::parse(text);
  } catch (const nlohmann::json::out_of_range&) {
    return true;  // a number no double can hold
  } catch (const nlohmann::json::parse_error& error) {
    return std::string_view{error.what()}.contains("surrogate");
  }
  return false;
}

std::string json_text(int levels) {
  switch (*rc::gen::inRange(0, levels > 0 ? 9 : 7)) {
    case 0: return std::to_string(*rc::gen::arbitrary<int>());
    case 1: return nlohmann::json(*rc::gen::arbitrary<double>()).dump();
    case 2:
      return nlohmann::json(*rc::gen::string<std::string>())
          .dump(-1, ' ', *rc::gen::arbitrary<bool>(), nlohmann::json::error_handler_t::replace);
    case 3: return "true";
    case 4: return "null";
    case 5: return R"("\u00e9\ud83d\ude00\n")";
    case 6: return "-0.5e-7";
    case 7: {
      std::string text = "[";
      const int size = *rc::gen::inRange(0, 4);
      for (int i = 0; i < size; ++i) text += (i == 0 ? "" : " ,") + json_text(levels - 1);
      return text + "]";
    }
    default: {
      std::string text = "{ ";
      const int size = *rc::gen::inRange(0, 4);
      for (int i = 0; i < size; ++i) text += (i == 0 ? "\"k\":" : ",\"k\" :") + json_text(levels - 1);
      return text + "}";
    }
  }
}

std::string mutated(std::string text) {
  constexpr std::string_view alphabet = "{}[]\",:\\/0123456789.eE+-truefalsn \t\n\x01\x7f\x80\xc3\xa9\xef\xbb\xbf\xed";
  const int changes = *rc::gen::inRange(0, 4);
  for (int i = 0; i < changes && !text.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const char letter = alphabet[*rc::gen::inRange<std::size_t>(0, alphabet.size())];
    switch (*rc::gen::inRange(0, 3)) {
      case 0: text[at] = letter; break;
      case 1: text.insert(at, 1, letter); break;
      default: text.erase(at, *rc::gen::inRange<std::size_t>(1, 4));
    }
  }
  return text;
}

TEST_CASE("The scanner agrees with nlohmann::json on what JSON is", "[wire][json]") {
  tests::holds_for_all("both accept or both refuse", [] {
    const auto text = mutated(json_text(3));
    RC_CLASSIFY(is_json(text), "valid");
    if (is_json(text) != nlohmann::json::accept(text)) RC_ASSERT(differs_on_purpose(text));
  });
}

TEST_CASE("The scanner gives the same members as nlohmann::json", "[wire][json]") {
  tests::holds_for_all("members of an object", [] {
    std::vector<std::string> values;
    std::string text = "{";
    const int size = *rc::gen::inRange(0, 5);
    for (int i = 0; i < size; ++i) {
      values.push_back(json_text(2));
      text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + values.back();
    }
    text += "}";
    json_scanner in{text};
    RC_ASSERT(in.enter_object());
    for (int i = 0; i < size; ++i) {
      const auto member = in.next_member();
      RC_ASSERT((member && *member));
      RC_ASSERT((*member)->key == std::to_string(i));
      RC_ASSERT((*member)->value.raw == values[static_cast<std::size_t>(i)]);
    }
    const auto end = in.next_member();
    RC_ASSERT((end && !*end));
    RC_ASSERT(in.at_end());
  });
}

}  // namespace
}  // namespace edge_rollup::wire
