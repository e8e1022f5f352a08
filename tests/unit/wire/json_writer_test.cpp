#include "wire/json_writer.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace edge_rollup::wire {
namespace {

std::string written_real(double value) {
  std::string out;
  json_writer{out}.real(value);
  return out;
}

std::string written_text(std::string_view value) {
  std::string out;
  json_writer{out}.text(value);
  return out;
}

TEST_CASE("Objects and arrays get their commas by themselves", "[wire][json]") {
  std::string body;
  json_writer out{body};
  out.begin_object();
  out.key("a").integer(1);
  out.key("b").begin_array();
  out.integer(-2).text("x").null().boolean(true).boolean(false).real(0.5);
  out.begin_array().end_array();
  out.begin_object().end_object();
  out.begin_object().key("c").null().end_object();
  out.end_array();
  out.key("d").begin_object().end_object();
  out.end_object();
  CHECK(body == R"({"a":1,"b":[-2,"x",null,true,false,0.5,[],{},{"c":null}],"d":{}})");
}

TEST_CASE("Integers are written to their ends", "[wire][json]") {
  std::string body;
  json_writer out{body};
  out.begin_array();
  out.integer(std::numeric_limits<std::uint64_t>::max()).integer(std::numeric_limits<std::int64_t>::min());
  out.end_array();
  CHECK(body == "[18446744073709551615,-9223372036854775808]");
}

TEST_CASE("A real is written in its shortest form and looks like a real", "[wire][json]") {
  CHECK(written_real(0.0) == "0.0");
  CHECK(written_real(11.0) == "11.0");
  CHECK(written_real(8.1) == "8.1");
  CHECK(written_real(0.968) == "0.968");
  CHECK(written_real(1.936 / 3.0) == "0.6453333333333333");
  CHECK(written_real(1e300) == "1e+300");
  CHECK(written_real(-0.0) == "-0.0");
  tests::holds_for_all("reads back as the same double", [](double value) {
    RC_PRE(std::isfinite(value));
    RC_ASSERT(nlohmann::json::parse(written_real(value)).get<double>() == value);
  });
}

TEST_CASE("A number of tenths has one digit after the point, however large", "[wire][json]") {
  std::string out;
  json_writer writer{out};
  writer.begin_array().tenths(0).tenths(9).tenths(81).tenths(110).tenths(1'234'567'890).end_array();
  CHECK(out == "[0.0,0.9,8.1,11.0,123456789.0]");
}

TEST_CASE("Text is escaped, and made UTF-8 where it is not", "[wire][json]") {
  CHECK(written_text("") == R"("")");
  CHECK(written_text("a\"b\\c/\n\r\t\b\x1f") == R"("a\"b\\c/\n\r\t\u0008\u001f")");
  CHECK(written_text(std::string_view{"\0", 1}) == R"("\u0000")");
  CHECK(written_text("\u00e9\U0001F600") == "\"\u00e9\U0001F600\"");
  CHECK(written_text("\xff\xc3") == "\"\uFFFD\uFFFD\"");
  tests::holds_for_all("any bytes make valid JSON; valid text reads back", [](const std::string& bytes) {
    const auto text = written_text(bytes);
    RC_ASSERT(nlohmann::json::accept(text));
    const auto plain = nlohmann::json(bytes).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore);
    const auto valid = nlohmann::json::parse(plain).get<std::string>();
    RC_ASSERT(nlohmann::json::parse(written_text(valid)).get<std::string>() == valid);
  });
}

}  // namespace
}  // namespace edge_rollup::wire
