#include "wire/mask_secret.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string_view>

using namespace edge_rollup;

TEST_CASE("a secret that comes back is hidden, whole or cut off") {
  struct row {
    const char* label;
    std::string_view text;
    std::string_view secret;
    std::string_view masked;
  };
  static constexpr row rows[] = {
      {"not there", "HTTP 401 Unauthorized", "hunter2-hunter2", "HTTP 401 Unauthorized"},
      {"once", "HTTP 401 bad Bearer hunter2-hunter2!", "hunter2-hunter2", "HTTP 401 bad Bearer ***!"},
      {"twice, one after the other", "hunter2-xhunter2-x", "hunter2-x", "******"},
      {"cut off at the end", "before Bearer hunter2-hu", "hunter2-hunter2", "before Bearer ***"},
      {"cut off before more", "\"hunter2-hu…\"", "hunter2-hunter2", "\"***…\""},
      {"a few bytes alike", "hunting", "hunter2-hunter2", "hunting"},
      {"a short secret", "pin 42 of 142", "42", "pin *** of 1***"},
      {"begun twice", "hunthunter2", "hunter2", "hunt***"},
      {"nothing secret", "as it is", "", "as it is"},
      {"no text", "", "hunter2", ""},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    CHECK(wire::mask_secret(row.text, row.secret) == row.masked);
  }
}
