// Answers of good HTTP whose body is no summary, or one made to do harm.
#include "hostile/row.hpp"

#include <fmt/format.h>

using namespace std::string_literals;

namespace edge_rollup::tests {
namespace {

using enum model::failure_kind;

constexpr std::size_t large_body = 64 * 1024 * 1024;

script body(const std::string& text) {
  return says(ok_answer(text));
}

/// For bodies that are too large to be made before they are needed.
script body(std::string (*make)()) {
  return [make](peer_connection& peer) { body(make())(peer); };
}

script count(std::string_view raw) {
  return body(fmt::format(R"({{"record_count": {}, "quality_score": 0.5}})", raw));
}

script quality(std::string_view raw) {
  return body(fmt::format(R"({{"record_count": 5, "quality_score": {}}})", raw));
}

script updated(std::string_view raw) {
  return body(fmt::format(R"({{"record_count": 5, "quality_score": 0.5, "last_updated": {}}})", raw));
}

expectation answers(std::uint64_t records, double score, std::optional<std::string> last_updated = {}) {
  return {.failure = {},
          .says = {},
          .summary = {.record_count = records,
                      .quality_score = score,
                      .last_updated = std::move(last_updated),
                      .last_updated_at = {}}};
}

const registered_rows encodings(
    "encoding", {
                    {"a byte order mark", body("\xEF\xBB\xBF{}"), {bad_json, "byte order mark"}},
                    {"UTF-16 little-endian", body("\xFF\xFE{\0}\0"s), {bad_json, "not JSON"}},
                    {"UTF-16 big-endian", body("\xFE\xFF\0{\0}"s), {bad_json, "not JSON"}},
                    {"UTF-16 without a mark", body("{\0\"\0"s), {bad_json, "not JSON"}},
                    {"a broken UTF-8 sequence", body("{\"x\": \"\xc3(\"}"), {bad_json, "not UTF-8"}},
                    {"an overlong UTF-8 sequence", body("{\"x\": \"\xc0\xaf\"}"), {bad_json, "not UTF-8"}},
                    {"a surrogate in UTF-8", body("{\"x\": \"\xed\xa0\x80\"}"), {bad_json, "not UTF-8"}},
                    {"a broken UTF-8 key", body("{\"\xff\": 1}"), {bad_json, "not UTF-8"}},
                });

const registered_rows documents(
    "document",
    {
        {"empty", body(""), {bad_json, "the answer is empty"}},
        {"blank", body(" \r\n\t "), {bad_json, "the answer is empty"}},
        {"an array", body(R"([{"record_count": 5, "quality_score": 0.5}])"), {bad_json, "is an array"}},
        {"a number", body("42"), {bad_json, "is a number"}},
        {"a string", body(R"("5")"), {bad_json, "is a string"}},
        {"true", body("true"), {bad_json, "not a JSON object"}},
        {"null", body("null"), {bad_json, "is null"}},
        {"a page", body("<!DOCTYPE html><html>sign in</html>"), {bad_json, "not JSON"}},
        {"half an object", body(R"({"record_count": 5, )"), {bad_json, "ends too early"}},
        {"two objects", body("{}{}"), {bad_json, "something follows"}},
        {"NUL behind the object", body("{}\0"s), {bad_json, "something follows"}},
        {"a comment", body("{/* 5 */}"), {bad_json, "not JSON"}},
        {"single quotes", body("{'record_count': 5}"), {bad_json, "not JSON"}},
        {"a comma too many", body(R"({"record_count": 5, "quality_score": 0.5,})"), {bad_json, "not JSON"}},
        {"100 000 levels", body([] { return std::string(100'000, '['); }), {too_large, "body is over 65536"}},
        {"100 000 levels within max_body",
         body([] { return R"({"x": )" + std::string(100'000, '['); }),
         {bad_json, "deeper than 64 levels"},
         large_body},
        {"100 000 levels of objects within max_body",
         body([] { return repeated(R"({"x":)", 100'000); }),
         {bad_json, "deeper than 64 levels"},
         large_body},
        {"a million keys",
         body([] { return "{" + repeated(R"("k":0,)", 1'000'000); }),
         {too_large, "body is over 65536"}},
        {"a million keys within max_body",
         body([] { return "{" + repeated(R"("k":0,)", 1'000'000) + R"("record_count":5,"quality_score":0.5})"; }),
         answers(5, 0.5), large_body},
        {"100 000 record counts within max_body",
         body([] { return "{" + repeated(R"("record_count":5,)", 100'000) + R"("quality_score":0.5})"; }),
         {bad_summary, "record_count is repeated"},
         large_body},
    });

const registered_rows fields(
    "field", {
                 {"none", body("{}"), {bad_summary, "record_count is missing"}},
                 {"no record_count", body(R"({"quality_score": 0.5})"), {bad_summary, "record_count is missing"}},
                 {"no quality_score", body(R"({"record_count": 5})"), {bad_summary, "quality_score is missing"}},
                 {"in another case",
                  body(R"({"Record_Count": 5, "quality_score": 0.5})"),
                  {bad_summary, "record_count is missing"}},
                 {"one level too deep",
                  body(R"({"data": {"record_count": 5, "quality_score": 0.5}})"),
                  {bad_summary, "record_count is missing"}},
                 {"record_count twice",
                  body(R"({"record_count": 5, "record_count": 6, "quality_score": 0.5})"),
                  {bad_summary, "record_count is repeated"}},
                 {"record_count twice, once with an escape",
                  body(R"({"record_count": 5, "record\u005fcount": 6, "quality_score": 0.5})"),
                  {bad_summary, "record_count is repeated"}},
                 {"quality_score twice",
                  body(R"({"record_count": 5, "quality_score": 0.5, "quality_score": 0.5})"),
                  {bad_summary, "quality_score is repeated"}},
                 {"last_updated twice",
                  body(R"({"record_count": 5, "quality_score": 0.5, "last_updated": null, "last_updated": null})"),
                  {bad_summary, "last_updated is repeated"}},
                 {"record_count as a string", count(R"("5")"), {bad_summary, R"(record_count is "5")"}},
                 {"record_count true", count("true"), {bad_summary, "record_count is true"}},
                 {"record_count null", count("null"), {bad_summary, "record_count is null"}},
                 {"record_count an array", count("[5]"), {bad_summary, "record_count is an array"}},
                 {"record_count an object", count("{}"), {bad_summary, "record_count is an object"}},
                 {"quality_score as a string", quality(R"("0.5")"), {bad_summary, R"(quality_score is "0.5")"}},
                 {"quality_score true", quality("true"), {bad_summary, "quality_score is true"}},
                 {"quality_score null", quality("null"), {bad_summary, "quality_score is null"}},
                 {"quality_score an array", quality("[0.5]"), {bad_summary, "quality_score is an array"}},
                 {"last_updated a number", updated("1795367091"), answers(5, 0.5)},
                 {"last_updated an object", updated("{}"), answers(5, 0.5)},
                 {"last_updated no time", updated(R"("yesterday")"), answers(5, 0.5, "yesterday")},
                 {"last_updated too long", updated('"' + std::string(65, 'x') + '"'), answers(5, 0.5)},
             });

const registered_rows numbers(
    "number",
    {
        {"record_count -1", count("-1"), {bad_summary, "record_count is -1"}},
        {"record_count 1.5", count("1.5"), {bad_summary, "record_count is 1.5"}},
        {"record_count 1e3", count("1e3"), answers(1000, 0.5)},
        {"record_count 5.0", count("5.0"), answers(5, 0.5)},
        {"record_count 1e308", count("1e308"), {bad_summary, "record_count is 1e308"}},
        {"record_count 1e999999999", count("1e999999999"), {bad_summary, "record_count is 1e999999999"}},
        {"record_count 2^53 + 1", count("9007199254740993"), answers(9'007'199'254'740'993, 0.5)},
        {"record_count 2^63", count("9223372036854775808"), answers(9'223'372'036'854'775'808U, 0.5)},
        {"record_count 2^64-1", count("18446744073709551615"), answers(UINT64_MAX, 0.5)},
        {"record_count 2^64", count("18446744073709551616"), {bad_summary, "record_count is 18446744073709551616"}},
        {"record_count of 60 000 digits", count(std::string(60'000, '9')), {bad_summary, "record_count is 9999"}},
        {"record_count NaN", count("NaN"), {bad_json, "a value is missing"}},
        {"record_count Infinity", count("Infinity"), {bad_json, "a value is missing"}},
        {"record_count -Infinity", count("-Infinity"), {bad_json, "not JSON"}},
        {"record_count 0x10", count("0x10"), {bad_json, "not JSON"}},
        {"record_count 010", count("010"), {bad_json, "not JSON"}},
        {"quality_score -0.1", quality("-0.1"), {bad_summary, "quality_score is -0.1"}},
        {"quality_score 1.5", quality("1.5"), {bad_summary, "quality_score is 1.5"}},
        {"quality_score just over 1",
         quality("1.0000000000000003"),
         {bad_summary, "quality_score is 1.0000000000000003"}},
        {"quality_score 1e308", quality("1e308"), {bad_summary, "quality_score is 1e308"}},
        {"quality_score 1e400", quality("1e400"), {bad_summary, "quality_score is 1e400"}},
        {"quality_score -0.0", quality("-0.0"), answers(5, 0.0)},
        {"quality_score NaN", quality("NaN"), {bad_json, "a value is missing"}},
        {"quality_score Infinity", quality("Infinity"), {bad_json, "a value is missing"}},
    });

/// What a terminal, a log or a JSON writer could trip over.
constexpr auto nasty = R"(\u001b[2J\u001b]0;x\u0007\r\nERROR fake \"line\" \\ \u202e)";

const registered_rows strings(
    "string",
    {
        {"control characters in last_updated", updated(R"("\u001b[2J\r\nERROR \"fake\"")"),
         answers(5, 0.5, "\x1b[2J\r\nERROR \"fake\"")},
        {"control characters in a wrong value", count(fmt::format("\"{}\"", nasty)), {bad_summary, "record_count is "}},
        {"control characters in a key",
         body(fmt::format(R"({{"{}": 1}})", nasty)),
         {bad_summary, "record_count is missing"}},
        {"a raw ESC in a string", body("{\"x\": \"\x1b[2J\"}"), {bad_json, "not JSON"}},
        {"a raw line feed in a string", body("{\"x\": \"a\nERROR fake\"}"), {bad_json, "not JSON"}},
        {"a raw carriage return in a string", body("{\"x\": \"a\rERROR fake\"}"), {bad_json, "not JSON"}},
        {"control characters in place of JSON", body("\x1b[31m\r\n\"quoted\"\x9b"), {bad_json, "not JSON"}},
        {"quotes in a reason phrase",
         says("HTTP/1.1 503 he said \"no\" \\ x=y\r\nContent-Length: 0\r\n\r\n"),
         {http_status, "HTTP 503 he said"}},
        {"C1 and direction marks in a reason phrase",
         says("HTTP/1.1 503 \xc2\x9b"
              "2J \xe2\x80\xae"
              "evil\r\nContent-Length: 0\r\n\r\n"),
         {http_status, "HTTP 503"}},
        {"a reason phrase of 10 000 bytes",
         says("HTTP/1.1 503 " + std::string(10'000, 'r') + "\r\nContent-Length: 0\r\n\r\n"),
         {http_status, "HTTP 503 rrr"}},
    });

}  // namespace
}  // namespace edge_rollup::tests
