#include "wire/base64.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace edge_rollup;

TEST_CASE("Base64 is read as RFC 4648 section 10 has it, and nothing else is") {
  struct row {
    std::string text;
    std::optional<std::string> bytes;
  };
  const std::vector<row> rows = {
      {"", ""},
      {"Zg==", "f"},
      {"Zm8=", "fo"},
      {"Zm9v", "foo"},
      {"Zm9vYg==", "foob"},
      {"Zm9vYmE=", "fooba"},
      {"Zm9vYmFy", "foobar"},
      {"AP/+", std::string("\0\xFF\xFE", 3)},
      {"Zg", {}},
      {"Zg=", {}},
      {"Z===", {}},
      {"====", {}},
      {"Zg==Zg==", {}},
      {"Zm9v\n", {}},
      {"Zm9_", {}},
  };
  for (const auto& [text, bytes] : rows) {
    INFO(text);
    CHECK(wire::decode_base64(text) == bytes);
  }
}
