#include "outbox/entry_selection.hpp"

#include "support/property.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <utility>

using namespace edge_rollup;
using outbox::parse_sequence_range;
using outbox::sequence_range;

TEST_CASE("a sequence or a range of them is read, anything else is told with how to write it") {
  const struct {
    const char* text;
    sequence_range meant;
  } good[] = {{"1", {1, 1}},
              {"42", {42, 42}},
              {"40-45", {40, 45}},
              {"7-7", {7, 7}},
              {"9223372036854775807", {9223372036854775807U, 9223372036854775807U}}};
  for (const auto& row : good) {
    INFO(row.text);
    CHECK(parse_sequence_range(row.text) == row.meant);
  }
  const struct {
    const char* text;
    const char* told;
  } bad[] = {{"", "write 42 or 40-45"},
             {"0", "write 42 or 40-45"},
             {"-", "write 42 or 40-45"},
             {"5-", "write 42 or 40-45"},
             {"-5", "write 42 or 40-45"},
             {"1-2-3", "write 42 or 40-45"},
             {"+5", "write 42 or 40-45"},
             {"5 ", "write 42 or 40-45"},
             {"five", "write 42 or 40-45"},
             {"0-5", "write 42 or 40-45"},
             {"9-3", "write 3-9"},
             {"9223372036854775808", "write 42"},
             {"1-99999999999999999999", "write 42"}};
  for (const auto& row : bad) {
    INFO(row.text);
    const auto read = parse_sequence_range(row.text);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == model::error_kind::usage);
    CHECK(read.error().text.find(row.told) != std::string::npos);
  }
}

TEST_CASE("what is written as a range is read as that range") {
  tests::holds_for_all("both ends survive", [](std::uint32_t a, std::uint32_t b) {
    const std::uint64_t from = std::min(a, b) + std::uint64_t{1};
    const std::uint64_t to = std::max(a, b) + std::uint64_t{1};
    return parse_sequence_range(fmt::format("{}-{}", from, to)) == sequence_range{from, to};
  });
}
