#include "wire/utf8.hpp"

#include "support/property.hpp"
#include "wire/excerpt.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::wire {
namespace {

TEST_CASE("The first and last character of each length are UTF-8, their neighbours are not", "[wire][utf8]") {
  struct {
    std::string_view bytes;
    std::size_t length;
  } const table[] = {
      {"", 0},
      {"a", 1},
      {"\x7f", 1},
      {"\x80", 0},
      {"\xc1\xbf", 0},
      {"\xc2\x80", 2},
      {"\xdf\xbf", 2},
      {"\xc2", 0},
      {"\xc2\x7f", 0},
      {"\xe0\x9f\xbf", 0},
      {"\xe0\xa0\x80", 3},
      {"\xed\x9f\xbf", 3},
      {"\xed\xa0\x80", 0},
      {"\xee\x80\x80", 3},
      {"\xef\xbf\xbf", 3},
      {"\xe2\x82", 0},
      {"\xe2\x82\xc0", 0},
      {"\xf0\x8f\xbf\xbf", 0},
      {"\xf0\x90\x80\x80", 4},
      {"\xf4\x8f\xbf\xbf", 4},
      {"\xf4\x90\x80\x80", 0},
      {"\xf5\x80\x80\x80", 0},
      {"\xf0\x9f\x98", 0},
      {"\xff", 0},
  };
  for (const auto& row : table) {
    CAPTURE(excerpt(row.bytes, 40));
    CHECK(utf8_length(row.bytes) == row.length);
  }
}

TEST_CASE("Every character that is written is read back", "[wire][utf8]") {
  for (char32_t c = 0; c <= 0x10FFFF; c = c == 0xD7FF ? 0xE000 : c + 1) {
    std::string text;
    append_utf8(text, c);
    if (utf8_length(text) != text.size() || code_point(text) != c) FAIL("U+" << static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("Controls, separators and direction marks are unsafe to show, their neighbours are not", "[wire][utf8]") {
  struct {
    char32_t first, last;
  } const table[] = {{0x00, 0x1F}, {0x7F, 0x9F}, {0x61C, 0x61C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}};
  for (const auto& [first, last] : table) {
    CAPTURE(static_cast<std::uint32_t>(first));
    CHECK(is_unsafe_to_show(first));
    CHECK(is_unsafe_to_show(last));
    CHECK_FALSE(is_unsafe_to_show(last + 1));
    if (first > 0) CHECK_FALSE(is_unsafe_to_show(first - 1));
  }
}

TEST_CASE("Bytes that are not UTF-8 are replaced, and text is cut between characters", "[wire][utf8]") {
  CHECK(to_valid_utf8("a\xff\u00e9", 100) == "a\uFFFD\u00e9");
  CHECK(to_valid_utf8("\xe2\x82", 100) == "\uFFFD\uFFFD");
  CHECK(to_valid_utf8("ab\u00e9", 3) == "ab");
  CHECK(to_valid_utf8("ab\u00e9", 4) == "ab\u00e9");
  CHECK(to_valid_utf8("a\xff", 3) == "a");
  CHECK(to_valid_utf8("abc", 0).empty());
}

TEST_CASE("An excerpt is short, printable and on one line", "[wire][excerpt]") {
  CHECK(excerpt("plain text", 40) == "plain text");
  CHECK(excerpt("a\n\x1b[31m\xff", 40) == "a\\x0a\\x1b[31m\\xff");
  CHECK(excerpt("1234567890", 10) == "1234567890");
  CHECK(excerpt("12345678901", 10) == "1234567...");
  CHECK(excerpt("12345\n\n", 10) == "12345...");
  tests::holds_for_all("whatever the bytes", [](const std::string& bytes) {
    const auto most = *rc::gen::inRange<std::size_t>(3, 60);
    const auto text = excerpt(bytes, most);
    RC_ASSERT(text.size() <= most);
    RC_ASSERT(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }));
  });
}

}  // namespace
}  // namespace edge_rollup::wire
