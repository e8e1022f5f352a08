#include "serve/asset_answer.hpp"

#include "serve/assets.hpp"
#include "support/source_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

using namespace edge_rollup;

namespace {

net::http_response answer_for(std::string_view name, const std::string& accept_encoding = "") {
  net::received_request request;
  if (!accept_encoding.empty()) request.fields = {{"Accept-Encoding", accept_encoding}};
  return serve::asset_answer(name, request);
}

std::string text_of(std::string_view path) {
  std::ifstream file(tests::source_file(path));
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string field(const net::http_response& answer, const std::string& name) {
  const auto found = std::ranges::find(answer.fields, name, &net::http_fields::value_type::first);
  return found == answer.fields.end() ? "" : found->second;
}

}  // namespace

TEST_CASE("A file of the page comes packed to whoever takes that, and as it is to everybody else") {
  const auto source = text_of("lib/serve/page/main.js");
  struct row {
    std::string accept_encoding;
    bool packed;
  };
  for (const auto& [accept, packed] : std::array<row, 8>{{{"", false},
                                                          {"gzip", true},
                                                          {"deflate, GZIP;q=0.5, br", true},
                                                          {"gzip;q=1", true},
                                                          {"gzip;q=0", false},
                                                          {"gzip; q=0.000", false},
                                                          {"br", false},
                                                          {"identity", false}}}) {
    INFO(accept);
    const auto answer = answer_for("main.js", accept);
    CHECK(answer.status == 200);
    CHECK(field(answer, "Content-Encoding") == (packed ? "gzip" : ""));
    CHECK((answer.body == source) != packed);
    CHECK(answer.body.starts_with("\x1f\x8b") == packed);
    CHECK(field(answer, "Vary") == "Accept-Encoding");
  }
}

TEST_CASE("The page itself has the empty name, and what is no file of it is not found") {
  CHECK(answer_for("").body == text_of("lib/serve/page/index.html"));
  for (const std::string_view name : {"index.html", "main", "../main.js", "embed.cmake", "package.json"}) {
    INFO(name);
    CHECK(answer_for(name).status == 404);
  }
}

TEST_CASE("The description of the API is a file as those of the page are") {
  const auto answer = answer_for("openapi.json");
  CHECK(answer.body == text_of("docs/openapi.json"));
  CHECK(field(answer, "Content-Type") == "application/json");
}

TEST_CASE("Every file of the page has the type that a browser insists on, and a tag of its content") {
  for (const auto& file : serve::page_assets()) {
    INFO(file.name);
    const auto plain = answer_for(file.name);
    const auto packed = answer_for(file.name, "gzip");
    const auto dot = file.name.find('.');
    const auto suffix = dot == std::string_view::npos ? "html" : file.name.substr(dot + 1);
    const std::string type = suffix == "html"   ? "text/html; charset=utf-8"
                             : suffix == "css"  ? "text/css; charset=utf-8"
                             : suffix == "js"   ? "text/javascript; charset=utf-8"
                             : suffix == "json" ? "application/json"
                                                : "image/svg+xml";
    CHECK(field(plain, "Content-Type") == type);
    CHECK(field(plain, "ETag") == "\"" + std::string(file.tag) + "\"");
    CHECK(field(packed, "ETag") == "\"" + std::string(file.tag) + "-gzip\"");
    CHECK(field(plain, "Cache-Control") == "no-cache");
  }
}

TEST_CASE("The page may load what this origin has, and nothing that stands in a text") {
  const auto policy = field(answer_for(""), "Content-Security-Policy");
  CHECK(policy == "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'");
  CHECK(field(answer_for("nothing"), "Content-Security-Policy").starts_with("default-src 'none'"));
}

TEST_CASE("The whole page weighs less than 120 KB") {
  constexpr std::size_t most_bytes = 120'000;
  std::size_t bytes = 0;
  for (const auto& file : serve::page_assets()) bytes += file.packed.size();
  CHECK(bytes < most_bytes);
}
