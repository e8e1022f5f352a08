#include "deliver/cloud_words.hpp"

#include "support/property.hpp"
#include "wire/utf8.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>

using namespace edge_rollup;
using deliver::cloud_words;

TEST_CASE("the cloud's words are the reason phrase and the sentence of the body") {
  struct row {
    const char* label;
    const char* reason;
    const char* content_type;
    const char* body;
    const char* words;
    const char* encoding = "";
  };
  const row rows[] = {
      {"reason only", "Accepted", "", "", "Accepted"},
      {"nothing", "", "", "", ""},
      {"problem details", "Unauthorized", "application/problem+json", R"({"title":"Bad token","detail":"expired"})",
       "Unauthorized: Bad token: expired"},
      {"JSON without a sentence", "Bad Request", "application/json", R"({"code": 7})", "Bad Request: {\"code\": 7}"},
      {"text", "Bad Request", "text/plain; charset=utf-8", "no such stream\n", "Bad Request: no such stream"},
      {"no reason phrase", "", "text/plain", "no such stream", "no such stream"},
      {"a web page is not quoted", "Forbidden", "text/html", "<html><script>", "Forbidden"},
      {"several lines", "Bad Request", "text/plain", "one\r\n\r\n  two\tthree", "Bad Request: one two three"},
      {"commands for a terminal", "OK", "text/plain", "\x1b[2Jhi\x07\x7f\xc2\x9b", "OK: [2Jhi"},
      {"direction marks", "OK", "text/plain",
       "a\xE2\x80\xAE"
       "b\xE2\x81\xA6"
       "c"
       "\xD8\x9C"  // U+061C
       "d",
       "OK: a b c d"},
      {"not UTF-8", "OK", "text/plain",
       "a\xff"
       "b",
       "OK: a\xEF\xBF\xBD"
       "b"},
      {"other scripts stay", "OK", "text/plain", "größer €", "OK: größer €"},
      {"compressed text", "Bad Request", "text/plain", "\x1f\x8b\x08z", "Bad Request", "gzip"},
      {"compressed JSON", "Bad Request", "application/problem+json", "\x1f\x8b\x08z", "Bad Request", "br"},
      {"compressed, and not labelled", "", "", "\x1f\x8b\x08z", "", "gzip"},
      {"told not to be compressed", "Bad Request", "text/plain", "no", "Bad Request: no", "Identity"},
  };
  for (const auto& [label, reason, content_type, body, words, encoding] : rows) {
    INFO(label);
    CHECK(cloud_words(reason, {content_type, encoding, body}) == words);
  }
}

TEST_CASE("long words of the cloud are cut between two characters") {
  const auto words = cloud_words("", {"text/plain", "", std::string(400, 'x')});
  CHECK(words == std::string(253, 'x') + "…");
  CHECK(cloud_words("", {"text/plain", "", std::string(256, 'x')}) == std::string(256, 'x'));

  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "€";
  CHECK(cloud_words("", {"text/plain", "", wide}).size() == 84 * 3 + 3);
}

TEST_CASE("whatever the cloud says, its words are one short printable line") {
  tests::holds_for_all("no control byte, valid, short", [](const std::string& reason, const std::string& body) {
    const auto words = cloud_words(reason, {"text/plain", "", body});
    const bool printable =
        std::ranges::none_of(words, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    return printable && words.size() <= deliver::cloud_words_max_bytes &&
           wire::to_valid_utf8(words, words.size()) == words;
  });
}
