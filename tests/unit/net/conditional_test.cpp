#include "net/conditional.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;

namespace {

net::http_response tagged(const std::string& tag) {
  net::http_response made;
  made.fields = {{"Content-Type", "text/css"}, {"ETag", tag}, {"Cache-Control", "no-cache"}};
  made.body = "content";
  return made;
}

net::received_request holding(const std::string& tags) {
  net::received_request made;
  made.fields = {{"If-None-Match", tags}};
  return made;
}

}  // namespace

TEST_CASE("What a client holds already is not sent again") {
  struct row {
    const char* label;
    std::string held, tag;
    int status;
  };
  const std::vector<row> rows = {
      {"the same", R"("a")", R"("a")", 304},
      {"another", R"("b")", R"("a")", 200},
      {"one of several", R"("b" , "a")", R"("a")", 304},
      {"any", "*", R"("a")", 304},
      {"a weak one", R"(W/"a")", R"("a")", 304},
      {"without quotes", "a", R"("a")", 200},
      {"a part", R"("ab")", R"("a")", 200},
      {"nothing", "", R"("a")", 200},
  };
  for (const auto& [label, held, tag, status] : rows) {
    INFO(label);
    const auto answer = net::unless_held(holding(held), tagged(tag));
    CHECK(answer.status == status);
    CHECK(answer.body.empty() == (status == 304));
    CHECK(answer.fields.size() == (status == 304 ? 2 : 3));
  }
}

TEST_CASE("Only a content that has a tag and came well can be held already") {
  auto failed = tagged("\"a\"");
  failed.status = 503;
  CHECK(net::unless_held(holding("*"), failed) == failed);
  auto untagged = tagged("\"a\"");
  untagged.fields.erase(untagged.fields.begin() + 1);
  CHECK(net::unless_held(holding("*"), untagged) == untagged);
  CHECK(net::unless_held({}, tagged("\"a\"")) == tagged("\"a\""));
}
