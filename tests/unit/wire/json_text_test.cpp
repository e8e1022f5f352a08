#include "wire/json_text.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::wire {
namespace {

TEST_CASE("A count is the exact value of its text", "[wire][json]") {
  struct {
    std::string_view raw;
    std::optional<std::uint64_t> expected;
  } const table[] = {
      {"0", 0},
      {"-0", 0},
      {"-0.0", 0},
      {"0e999999999999999999999", 0},
      {"0.000", 0},
      {"18446744073709551615", 18446744073709551615U},
      {"18446744073709551616", std::nullopt},
      {"99999999999999999999999999", std::nullopt},
      {"9007199254740993", 9007199254740993U},
      {"9007199254740992.0", 9007199254740992U},
      {"9007199254740993.0", std::nullopt},
      {"9007199254740991.3", std::nullopt},
      {"1.0000000000000000000000000001", std::nullopt},
      {"18446744073709551615.0", std::nullopt},
      {"1e3", 1000},
      {"1E+03", 1000},
      {"5.0", 5},
      {"12.50e1", 125},
      {"1000.000e-3", 1},
      {"0.0005e4", 5},
      {"0.00000000000000000000000000001e29", 1},
      {"100000000000000000000000000000e-29", 1},
      {"9e15", 9000000000000000U},
      {"1e16", std::nullopt},
      {"1e400", std::nullopt},
      {"1e99999999999999999999", std::nullopt},
      {"1e-99999999999999999999", std::nullopt},
      {"1.5", std::nullopt},
      {"15e-1", std::nullopt},
      {"1e-1", std::nullopt},
      {"-1", std::nullopt},
      {"-1e0", std::nullopt},
  };
  for (const auto& row : table) {
    CAPTURE(row.raw);
    CHECK(exact_count(row.raw) == row.expected);
  }
}

TEST_CASE("A count is the same however its point is moved", "[wire][json]") {
  tests::holds_for_all("digits with a point and the exponent that undoes it", [] {
    const auto count = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 53U);
    const auto zeros = *rc::gen::inRange<std::size_t>(0, 30);
    const auto digits = std::to_string(count) + std::string(zeros, '0');
    const auto point = *rc::gen::inRange<std::size_t>(1, digits.size());
    const auto exponent = static_cast<long>(digits.size() - point) - static_cast<long>(zeros);
    const auto raw = fmt::format("{}.{}0e{}", digits.substr(0, point), digits.substr(point), exponent);
    const bool valid_json = point == 1 || digits.front() != '0';
    if (valid_json) RC_ASSERT(exact_count(raw) == std::optional{count});
    RC_ASSERT(exact_count(std::to_string(count)) == std::optional{count});
  });
}

TEST_CASE("A number becomes the nearest double", "[wire][json]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(nearest_double("0.981") == 0.981);
  CHECK(nearest_double("-1.5e3") == -1500.0);
  CHECK(nearest_double("1e-400") == 0.0);
  CHECK(nearest_double("-1e-400") == 0.0);
  CHECK(nearest_double("0.000" + std::string(400, '0') + "1") == 0.0);
  CHECK(nearest_double("1e400") == infinity);
  CHECK(nearest_double("-1e400") == -infinity);
  CHECK(nearest_double("1" + std::string(400, '0')) == infinity);
  CHECK(nearest_double("1" + std::string(400, '0') + "e-400") == 1.0);
  CHECK(nearest_double("0e999") == 0.0);
}

TEST_CASE("An escaped string is read as nlohmann::json reads it", "[wire][json]") {
  tests::holds_for_all("unescape undoes dump", [] {
    const auto text = *rc::gen::string<std::string>();
    const auto dumped =
        nlohmann::json(text).dump(-1, ' ', *rc::gen::arbitrary<bool>(), nlohmann::json::error_handler_t::replace);
    const auto read = unescape(std::string_view{dumped}.substr(1, dumped.size() - 2));
    RC_ASSERT(read == std::optional{nlohmann::json::parse(dumped).get<std::string>()});
  });
  CHECK(unescape(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  CHECK(unescape(R"(\u0041\u00e9\u20ac\ud83d\ude00)") == "A\u00e9\u20ac\U0001F600");
  CHECK(unescape(R"(\u0000)") == std::string(1, '\0'));
}

TEST_CASE("Half a surrogate pair has no meaning", "[wire][json]") {
  for (const std::string_view raw : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\n)", R"(\ud800\u0041)",
                                     R"(\ud800\ud800)", R"(a\udfff)", R"(\udbff\ue000)"}) {
    CAPTURE(raw);
    CHECK_FALSE(unescape(raw));
  }
}

}  // namespace
}  // namespace edge_rollup::wire
