#include "net/authorization.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

using namespace edge_rollup;
using model::auth_scheme;
using part = model::secret::part;

namespace {

model::secret text(std::string value) {
  return {{{part::source::text, std::move(value)}}};
}

}  // namespace

TEST_CASE("credentials become the value of an Authorization header") {
  struct row {
    const char* label;
    model::credentials who;
    const char* value;
  };
  const row rows[] = {
      {"bearer", {auth_scheme::bearer, {}, text("mF_9.B5f-4.1JqM")}, "Bearer mF_9.B5f-4.1JqM"},
      {"the example of RFC 7617",
       {auth_scheme::basic, text("Aladdin"), text("open sesame")},
       "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
      {"UTF-8, the other example", {auth_scheme::basic, text("test"), text("123\xc2\xa3")}, "Basic dGVzdDoxMjPCow=="},
      {"no padding", {auth_scheme::basic, text("ab"), text("cde")}, "Basic YWI6Y2Rl"},
      {"a colon in the password", {auth_scheme::basic, text("u"), text("a:b")}, "Basic dTphOmI="},
      {"neither user nor password", {auth_scheme::basic, {}, {}}, "Basic Og=="},
  };
  runtime::secret_files secrets;
  for (const auto& [label, who, value] : rows) {
    DYNAMIC_SECTION(label) {
      CHECK(net::authorization_value(who, secrets) == value);
    }
  }
}

TEST_CASE("credentials that no header can carry are refused without showing them") {
  struct row {
    const char* label;
    model::credentials who;
  };
  const row rows[] = {
      {"empty token", {auth_scheme::bearer, {}, {}}},
      {"blank in a token", {auth_scheme::bearer, {}, text("hush hush")}},
      {"line end in a token", {auth_scheme::bearer, {}, text("hush\r\nX: y")}},
      {"byte beyond ASCII in a token", {auth_scheme::bearer, {}, text("hush\xc2\xa3")}},
      {"colon in a user", {auth_scheme::basic, text("hu:sh"), text("hush")}},
      {"control character in a user", {auth_scheme::basic, text("hush\n"), text("hush")}},
      {"control character in a password", {auth_scheme::basic, text("u"), text("hush\x7f")}},
  };
  runtime::secret_files secrets;
  for (const auto& [label, who] : rows) {
    DYNAMIC_SECTION(label) {
      const auto value = net::authorization_value(who, secrets);
      REQUIRE_FALSE(value.has_value());
      CHECK(value.error().kind == model::error_kind::bad_data);
      CHECK_FALSE(value.error().text.contains("hu"));
    }
  }
}

TEST_CASE("a token that was rotated in its file is in the next value") {
  const tests::temporary_directory directory;
  const auto path = (directory.path() / "token").string();
  std::ofstream(path) << "first\n";
  const model::credentials who{auth_scheme::bearer, {}, {{{part::source::file, path}}}};
  runtime::secret_files secrets;
  REQUIRE(net::authorization_value(who, secrets) == "Bearer first");
  std::ofstream(path) << "second-one\n";
  CHECK(net::authorization_value(who, secrets) == "Bearer second-one");
  std::filesystem::remove(path);
  CHECK(net::authorization_value(who, secrets).error().kind == model::error_kind::no_input);
}
