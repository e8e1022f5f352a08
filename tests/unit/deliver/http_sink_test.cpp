#include "deliver/http_sink.hpp"

#include "support/await.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

/// A client that gives the answer it was told to give.
class told_client final : public net::http_client {
 public:
  runtime::task<std::expected<net::http_answer, net::send_failure>> send(const net::http_request& request) override {
    sent = request;
    co_return answer;
  }
  void cancel() noexcept override { cancelled = true; }

  std::expected<net::http_answer, net::send_failure> answer;
  std::optional<net::http_request> sent;
  bool cancelled = false;
};

net::http_answer answer_with(int status, std::string reason,
                             std::vector<std::pair<std::string, std::string>> headers = {}, std::string body = "") {
  net::http_answer answer;
  answer.status = status;
  answer.reason = std::move(reason);
  answer.headers = std::move(headers);
  answer.body = std::move(body);
  return answer;
}

class bench {
 public:
  deliver::answer offer() {
    outbox::record stored;
    stored.sequence = 42;
    stored.id = "019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55";
    stored.body = R"({"edge_nodes":3})";
    return tests::await(loop, sink.offer(stored));
  }

  boost::asio::io_context loop;
  tests::virtual_clock time{loop, std::chrono::sys_days{2026y / 11 / 22} + 16h};  // the clock starts an hour in
  told_client client;
  deliver::http_sink sink{client,
                          time,
                          {.scheme = model::url_scheme::https,
                           .host = "ingest.example.com",
                           .port = 443,
                           .path = "/v1/rollups",
                           .query = ""}};
};

}  // namespace

TEST_CASE("a rollup goes out as a POST under its id") {
  bench test;
  test.client.answer = answer_with(202, "Accepted");
  const auto came = test.offer();
  CHECK(came.status == 202);
  CHECK(came.words == "Accepted");
  CHECK_FALSE(came.failure);

  const auto& sent = test.client.sent.value();
  CHECK(sent.method == "POST");
  CHECK(sent.target.path == "/v1/rollups");
  CHECK(sent.body == R"({"edge_nodes":3})");
  CHECK(sent.headers == std::vector<std::pair<std::string, std::string>>{
                            {"Content-Type", "application/json"},
                            {"User-Agent", "edge-rollup/" EDGE_ROLLUP_VERSION},
                            {"Idempotency-Key", "\"019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55\""},
                            {"Date", "Sun, 22 Nov 2026 17:00:00 GMT"}});
}

TEST_CASE("an answer keeps what the verdict and people need") {
  bench test;
  SECTION("Retry-After, by the clock of the cloud") {
    test.client.answer =
        answer_with(503, "Service Unavailable",
                    {{"retry-after", "Sun, 22 Nov 2026 12:02:00 GMT"}, {"date", "Sun, 22 Nov 2026 12:00:00 GMT"}});
    CHECK(test.offer().retry_after == 120s);
  }
  SECTION("the cloud's words") {
    test.client.answer = answer_with(401, "Unauthorized", {{"content-type", "application/problem+json"}},
                                     R"({"title":"Bad token","detail":"expired\n"})");
    CHECK(test.offer().words == "Unauthorized: Bad token: expired");
  }
  SECTION("that a web page came") {
    test.client.answer = answer_with(200, "OK", {{"content-type", "text/html"}}, "<html>");
    CHECK(test.offer().html);
  }
  SECTION("that a web page came, of which only the header could be read") {
    test.client.answer = answer_with(200, "OK", {{"content-type", "text/html"}});
    test.client.answer->body_cut = true;
    CHECK(test.offer().html);
  }
  SECTION("that an encoded web page came") {
    test.client.answer =
        answer_with(200, "OK", {{"content-type", "text/html"}, {"content-encoding", "gzip"}}, "\x1f\x8b");
    CHECK(test.offer().html);
  }
}

TEST_CASE("an exchange that failed is an answer too") {
  bench test;
  const model::failure refused{model::failure_kind::connect, "connection refused", {}};
  for (const bool left : {false, true}) {
    test.client.answer = std::unexpected(net::send_failure{refused, left});
    const auto came = test.offer();
    CHECK_FALSE(came.status);
    CHECK(came.failure == refused);
    CHECK(came.request_left == left);
  }
}

TEST_CASE("cancelling an offer cancels the exchange") {
  bench test;
  test.sink.cancel();
  CHECK(test.client.cancelled);
}
