#include "observe/one_line.hpp"
#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>

using edge_rollup::observe::one_line;
using namespace std::string_literals;

TEST_CASE("Text from outside becomes one line without commands for a terminal") {
  struct row {
    const char* label;
    std::string text;
    std::string shown;
  };
  const row rows[] = {
      {"plain text stays", "HTTP 503 Service Unavailable", "HTTP 503 Service Unavailable"},
      {"letters beyond ASCII stay", "Größe 5 µm, 世界, 🙂", "Größe 5 µm, 世界, 🙂"},
      {"a line feed", "a\nb", "a\\nb"},
      {"carriage return and tab", "a\r\tb", "a\\r\\tb"},
      {"NUL", "a\0b"s, "a\\x00b"},
      {"an escape sequence", "\x1b[31mred", "\\x1b[31mred"},
      {"DEL", "\x7f", "\\x7f"},
      {"C1 control sequence introducer", "\xc2\x9b", "\\u009b"},
      {"line separator", "a\u2028b", "a\\u2028b"},
      {"right-to-left override", "\u202eabc", "\\u202eabc"},
      {"Arabic letter mark", "\u061c", "\\u061c"},
      {"first-strong isolate", "\u2068", "\\u2068"},
      {"a lone continuation byte", "\x80", "\\x80"},
      {"a cut character", "\xe4\xb8", "\\xe4\\xb8"},
      {"an overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
      {"an overlong three-byte form", "\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
      {"a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"above U+10FFFF", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"empty", "", ""},
  };
  for (const row& r : rows) {
    DYNAMIC_SECTION(r.label) {
      CHECK(one_line(r.text, 100) == r.shown);
    }
  }
}

TEST_CASE("A long text is cut before a whole character and ends in an ellipsis") {
  CHECK(one_line("abcdef", 6) == "abcdef");
  CHECK(one_line("abcdefg", 6) == "abc…");
  CHECK(one_line("abüdefg", 6) == "ab…");
  CHECK(one_line("ab\x1b defg", 6) == "ab…");
}

TEST_CASE("Whatever the bytes, the line is short, has no control character and stays as it is a second time") {
  edge_rollup::tests::holds_for_all("one_line", [](const std::string& text) {
    const auto line = one_line(text, 64);
    const bool no_control = std::ranges::none_of(line, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
    return line.size() <= 64 && no_control && one_line(line, 64) == line;
  });
}
