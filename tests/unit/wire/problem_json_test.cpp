#include "wire/problem_json.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using edge_rollup::wire::problem_text;

TEST_CASE("a JSON error body gives its sentence") {
  struct row {
    const char* label;
    const char* body;
    const char* text;
  };
  const row rows[] = {
      {"title and detail", R"({"type":"about:blank","title":"Bad token","detail":"expired"})", "Bad token: expired"},
      {"title only", R"({"title":"Bad token"})", "Bad token"},
      {"detail only", R"({"detail":"expired"})", "expired"},
      {"message", R"({"message":"no such stream"})", "no such stream"},
      {"error", R"({"error":"no such stream"})", "no such stream"},
      {"detail goes before message", R"({"message":"a","detail":"b"})", "b"},
      {"detail is no text", R"({"detail":[{"loc":["body"]}],"error":"invalid"})", "invalid"},
      {"none of them", R"({"status":400})", ""},
      {"no object", R"(["title"])", ""},
      {"cut off", R"({"title":"Bad tok)", ""},
      {"no JSON", "Bad token", ""},
      {"not UTF-8", "{\"title\":\"\xff\"}", ""},
      {"empty", "", ""},
  };
  for (const auto& [label, body, text] : rows) {
    INFO(label);
    CHECK(problem_text(body) == text);
  }
}

TEST_CASE("a JSON error body nested very deeply does no harm") {
  CHECK(problem_text(std::string(8192, '[')).empty());
  CHECK(problem_text(std::string(4096, '[') + std::string(4096, ']')).empty());
}
