#include "deliver/cloud_headers.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fstream>

using namespace edge_rollup;
using deliver::header_list;
using source = model::secret::part::source;

TEST_CASE("authorization comes first, then the configured headers, with secrets as their files are now") {
  const tests::temporary_directory directory;
  const auto token = directory.path() / "token";
  std::ofstream(token) << "first\n";
  deliver::cloud_options cloud;
  cloud.auth = std::make_shared<const model::credentials>(
      model::credentials{model::auth_scheme::bearer, {}, {{{source::file, token}}}});
  cloud.headers = {{"x-api-key", {{{source::text, "k-"}, {source::file, token}}}}, {"x-site", {{{source::text, "a"}}}}};
  runtime::secret_files files;
  CHECK(deliver::cloud_headers(cloud, files).value() ==
        header_list{{"Authorization", "Bearer first"}, {"x-api-key", "k-first"}, {"x-site", "a"}});

  std::ofstream(token) << "the second\n";
  cloud.auth.reset();
  CHECK(deliver::cloud_headers(cloud, files).value() == header_list{{"x-api-key", "k-the second"}, {"x-site", "a"}});
}

TEST_CASE("what cannot be a header is named by its setting, and not shown") {
  runtime::secret_files files;
  deliver::cloud_options cloud;
  cloud.headers = {{"x-key", {{{source::file, "/does/not/exist"}}}}};
  const auto missing = deliver::cloud_headers(cloud, files);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == model::error_kind::no_input);
  CHECK(missing.error().text.starts_with("cloud.headers.x-key: "));

  cloud.headers = {{"x-key", {{{source::text, "secret\r\nHost: elsewhere"}}}}};
  const auto split = deliver::cloud_headers(cloud, files);
  REQUIRE_FALSE(split);
  CHECK_FALSE(split.error().text.contains("secret"));

  cloud.headers.clear();
  cloud.auth = std::make_shared<const model::credentials>();
  CHECK(deliver::cloud_headers(cloud, files).error().text.starts_with("cloud.auth: "));
}
