// Statuses: only a 200 is a summary, whatever comes with the others.
#include "hostile/row.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <charconv>

namespace edge_rollup::tests {
namespace {

using model::failure_kind;

const std::string good_body = R"({"record_count": 5, "quality_score": 0.5})";

/// Answers "GET /CODE/data/summary" with that status and a good summary.
void say_status_asked_for(peer_connection& peer) {
  const auto request = peer.request();
  constexpr std::string_view before = "GET /";
  if (!request.starts_with(before)) return;
  peer.send(fmt::format("HTTP/1.1 {} Some Words\r\nLocation: /data/summary\r\nContent-Length: {}\r\n\r\n{}",
                        request.substr(before.size(), 3), good_body.size(), good_body));
}

void check_class(int hundreds) {
  const scripted_peer peer(say_status_asked_for);
  neighbourhood nodes;
  std::vector<expectation> expected;
  for (int code = 100 * hundreds; code < 100 * hundreds + 100; ++code) {
    nodes.add(fmt::format("{}/{}", peer.url(), code));
    expected.push_back({failure_kind::http_status, fmt::format("HTTP {} Some Words", code)});
  }
  nodes.check_round(expected);
}

TEST_CASE("status: every 3xx, and no redirect is followed", "[hostile]") {
  check_class(3);
}

TEST_CASE("status: every 4xx", "[hostile]") {
  check_class(4);
}

TEST_CASE("status: every 5xx", "[hostile]") {
  check_class(5);
}

TEST_CASE("status: every 2xx but 200", "[hostile]") {
  const scripted_peer peer(say_status_asked_for);
  neighbourhood nodes;
  std::vector<expectation> expected;
  for (int code = 201; code < 300; ++code) {
    nodes.add(fmt::format("{}/{}", peer.url(), code));
    expected.push_back({failure_kind::http_status, fmt::format("HTTP {}", code)});
  }
  nodes.check_round(expected);
}

const registered_rows without_body(
    "status",
    {
        {"204 with a body",
         says("HTTP/1.1 204 No Content\r\nContent-Length: 41\r\n\r\n" + good_body),
         {failure_kind::http_status, "HTTP 204 No Content"}},
        {"304 with a body",
         says("HTTP/1.1 304 Not Modified\r\nContent-Length: 41\r\n\r\n" + good_body),
         {failure_kind::http_status, "HTTP 304 Not Modified"}},
        {"204 with chunks",
         says("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n29\r\n" + good_body + "\r\n0\r\n\r\n"),
         {failure_kind::http_status, "HTTP 204 No Content"}},
        {"a redirect to itself without an end",
         says("HTTP/1.1 302 Found\r\nLocation: /data/summary\r\nContent-Length: 0\r\n\r\n"),
         {failure_kind::http_status, "redirects are not followed"}},
        {"500 with a body without an end",
         says_without_end("HTTP/1.1 500 Oops\r\n\r\n", std::string(1024, 'x')),
         {failure_kind::too_large, "body is over 65536"}},
    });

}  // namespace
}  // namespace edge_rollup::tests
