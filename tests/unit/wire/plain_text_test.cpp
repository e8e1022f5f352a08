#include "wire/plain_text.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>

using namespace edge_rollup;

TEST_CASE(
    "text is plain up to its first quote, backslash, control character or byte beyond ASCII, wherever it stands") {
  for (const char odd : {'"', '\\', '\0', '\x1f', '\n', '\x80', '\xff'}) {
    for (std::size_t at = 0; at < 40; ++at) {
      CAPTURE(static_cast<int>(odd), at);
      std::string text(40, 'x');
      text[at] = odd;
      CHECK(wire::plain_prefix(text) == at);
    }
  }
}

TEST_CASE("every other character is plain, beside any neighbours") {
  std::string all;
  for (char c = ' '; c < '\x7f'; ++c) {
    if (c != '"' && c != '\\') all += c;
  }
  all += '\x7f';
  CHECK(wire::plain_prefix(all) == all.size());
  CHECK(wire::plain_prefix("") == 0);
}

TEST_CASE("eight characters at a time find what one at a time would") {
  tests::holds_for_all("the prefix ends before the first character that is not plain", [](const std::string& text) {
    const auto first = std::ranges::find_if_not(text, wire::is_plain);
    return wire::plain_prefix(text) == static_cast<std::size_t>(first - text.begin());
  });
}
