#include "poll/read_answer.hpp"
#include "poll/request_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;
using model::failure_kind;
using poll::body_coding;

TEST_CASE("status 200 with a plain body is a summary") {
  const auto read =
      poll::read_answer(200, "OK", body_coding::plain, R"({"record_count": 4160, "quality_score": 0.981})");
  REQUIRE(read);
  CHECK(read->record_count == 4160);
}

TEST_CASE("everything else is a failure that says what to do") {
  struct row {
    const char* name;
    int status;
    std::string reason;
    body_coding coding;
    failure_kind kind;
    std::string message;
  };
  for (const auto& row :
       std::vector<row>{{"an error status", 503, "Service Unavailable", body_coding::plain, failure_kind::http_status,
                         "HTTP 503 Service Unavailable"},
                        {"without a reason", 404, "", body_coding::plain, failure_kind::http_status, "HTTP 404"},
                        {"the status goes before the coding", 500, "Oops", body_coding::encoded,
                         failure_kind::http_status, "HTTP 500 Oops"},
                        {"success that is not 200", 204, "No Content", body_coding::plain, failure_kind::http_status,
                         "HTTP 204 No Content"},
                        {"a redirect", 302, "Found", body_coding::plain, failure_kind::http_status,
                         "HTTP 302 Found: redirects are not followed, configure the address it points to"},
                        {"an unasked coding", 200, "OK", body_coding::encoded, failure_kind::protocol,
                         "the body has a Content-Encoding that nobody asked for"},
                        {"bytes of a terminal", 500, "a\x1b[2J\xff", body_coding::plain, failure_kind::http_status,
                         "HTTP 500 a\\x1b[2J\\xff"}}) {
    INFO(row.name);
    const auto read = poll::read_answer(row.status, row.reason, row.coding, "{}");
    REQUIRE_FALSE(read);
    CHECK(read.error() == model::failure{row.kind, row.message, row.status});
  }
}

TEST_CASE("a bad summary keeps the status beside its own words") {
  const auto read = poll::read_answer(200, "OK", body_coding::plain, "{}");
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == failure_kind::bad_summary);
  CHECK(read.error().http_status == 200);
}

TEST_CASE("the request asks for the base path and the poll path, and names the host as it must") {
  model::node node;
  node.base = {model::url_scheme::http, "10.0.0.5", 8080, "/pump", ""};
  node.path = "/data/summary";
  const std::string head = "GET /pump/data/summary HTTP/1.1\r\nHost: 10.0.0.5:8080\r\nUser-Agent: edge-rollup/";
  const auto kept = poll::request_text(node, poll::connection_use::keep);
  CHECK(kept.starts_with(head));
  CHECK(kept.ends_with("\r\nAccept: application/json\r\n\r\n"));
  CHECK(kept.find("Accept-Encoding") == std::string::npos);
  CHECK(poll::request_text(node, poll::connection_use::close).ends_with("\r\nConnection: close\r\n\r\n"));
  CHECK(poll::request_text(node, poll::connection_use::keep, "Bearer x").find("\r\nAuthorization: Bearer x\r\n") !=
        std::string::npos);
  CHECK(kept.find("Authorization") == std::string::npos);
  node.base = {model::url_scheme::http, "fe80::1%eth0", 80, "", ""};
  CHECK(poll::request_text(node, poll::connection_use::keep).find("\r\nHost: [fe80::1]\r\n") != std::string::npos);
  node.base = {model::url_scheme::http, "::1", 80, "", ""};
  CHECK(poll::request_text(node, poll::connection_use::keep).find("\r\nHost: [::1]\r\n") != std::string::npos);
}
