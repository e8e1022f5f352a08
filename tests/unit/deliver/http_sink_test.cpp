#include "deliver/http_sink.hpp"

#include "support/await.hpp"
#include "support/memory_log.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
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
    sent->body = {};  // stays with who asked: see forms
    forms.emplace_back(request.body);
    if (clock != nullptr) clock->stall(takes);
    if (answers.empty()) co_return answer;
    auto next = std::move(answers.front());
    answers.erase(answers.begin());
    co_return next;
  }
  void cancel() noexcept override { cancelled = true; }

  std::expected<net::http_answer, net::send_failure> answer;
  std::vector<net::http_answer> answers;  ///< before that one
  std::vector<std::string> forms;         ///< every body that was sent
  std::optional<net::http_request> sent;
  bool cancelled = false;
  tests::virtual_clock* clock = nullptr;  ///< on which a request takes so long
  model::milliseconds takes{0};
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

deliver::cloud_options cloud_at_example() {
  deliver::cloud_options cloud;
  cloud.url = {model::url_scheme::https, "ingest.example.com", 443, "/v1/rollups", ""};
  return cloud;
}

model::secret content_of(const std::filesystem::path& file) {
  return {{{model::secret::part::source::file, file}}};
}

class bench {
 public:
  explicit bench(deliver::cloud_options cloud = cloud_at_example()) : sink(client, time, messages, std::move(cloud)) {}

  deliver::answer offer() {
    outbox::record stored;
    stored.sequence = 42;
    stored.id = "019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55";
    stored.body = R"({"edge_nodes":3})";
    stored.packed = "packed";
    return tests::await(loop, sink.offer(stored));
  }

  boost::asio::io_context loop;
  tests::virtual_clock time{loop, std::chrono::sys_days{2026y / 11 / 22} + 16h};  // the clock starts an hour in
  told_client client;
  tests::memory_log messages;
  deliver::http_sink sink;
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
  CHECK(test.client.forms.back() == R"({"edge_nodes":3})");
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
  SECTION("where a redirect leads, without its secrets") {
    test.client.answer = answer_with(
        308, "Permanent Redirect",
        {{"location", "https://u:hunter2@new.example.com/v2?key=hunter2#hunter2"}, {"content-type", "text/plain"}},
        "moved");
    CHECK(test.offer().words == "Permanent Redirect: to https://***@new.example.com/v2?***");
  }
  SECTION("where a redirect leads, whatever its query or fragment holds") {
    test.client.answer = answer_with(
        302, "Found", {{"location", "https://sso.example.com/login?email=ops@corp.example&token=SECRET123"}});
    CHECK(test.offer().words == "Found: to https://sso.example.com/login?***");
    test.client.answer = answer_with(302, "Found", {{"location", "https://u:p@sso.example.com/#a@b?c=SECRET123"}});
    CHECK(test.offer().words == "Found: to https://***@sso.example.com/#***");
  }
  SECTION("where a redirect leads, on one short line") {
    test.client.answer = answer_with(302, "Found", {{"location", "/\x1b[2J" + std::string(9'000, 'x')}});
    CHECK(test.offer().words.starts_with("Found: to /\\x1b[2Jxxx"));
    CHECK(test.offer().words.size() < 256);
  }
  SECTION("a redirect that leads nowhere") {
    test.client.answer = answer_with(304, "Not Modified");
    CHECK(test.offer().words == "Not Modified");
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

TEST_CASE("a body goes out packed where the cloud takes that, and the same is told of it") {
  auto cloud = cloud_at_example();
  SECTION("never, when off") {
    cloud.gzip = deliver::gzip_use::off;
    bench test(cloud);
    test.client.answer = answer_with(202, "", {{"accept-encoding", "gzip"}});
    [[maybe_unused]] const auto first = test.offer();
    [[maybe_unused]] const auto second = test.offer();
    CHECK(test.client.sent->headers.size() == 4);
    CHECK(test.client.forms.back() == R"({"edge_nodes":3})");
  }
  SECTION("from the first on, when on") {
    cloud.gzip = deliver::gzip_use::on;
    bench test(cloud);
    test.client.answer = answer_with(202, "");
    CHECK(test.offer().body_bytes == 6);
    CHECK(test.client.forms.back() == "packed");
    CHECK(test.client.sent->headers.back() == std::pair<std::string, std::string>{"Content-Encoding", "gzip"});
  }
  SECTION("once it said so, by itself, in whatever answer") {
    bench test(cloud);
    test.client.answer = answer_with(503, "", {{"accept-encoding", "br"}, {"accept-encoding", "gzip"}});
    CHECK(test.offer().body_bytes == 16);
    [[maybe_unused]] const auto second = test.offer();
    CHECK(test.client.forms.back() == "packed");
  }
}

TEST_CASE("a 415 to a packed body is answered by the plain one in the same offer, and no other is packed") {
  auto cloud = cloud_at_example();
  cloud.gzip = deliver::gzip_use::on;
  bench test(cloud);
  test.client.answers = {answer_with(415, "Unsupported Media Type")};
  test.client.answer = answer_with(202, "Accepted", {{"accept-encoding", "gzip"}});
  const auto came = test.offer();
  CHECK(came.status == 202);
  CHECK(came.body_bytes == 6 + 16);
  [[maybe_unused]] const auto next = test.offer();
  CHECK(test.client.forms == std::vector<std::string>{"packed", R"({"edge_nodes":3})", R"({"edge_nodes":3})"});

  test.client.answer = answer_with(415, "Unsupported Media Type");
  CHECK(test.offer().status == 415);
  CHECK(test.client.forms.size() == 4);
}

TEST_CASE("a body that goes out again has what is left of the time for one offer") {
  auto cloud = cloud_at_example();
  cloud.gzip = deliver::gzip_use::on;
  cloud.total_timeout = 10min;
  bench test(cloud);
  test.client.answers = {answer_with(415, "Unsupported Media Type")};
  test.client.answer = answer_with(202, "Accepted");
  test.client.clock = &test.time;
  test.client.takes = 7min;
  CHECK(test.offer().took == 14min);
  CHECK(test.client.sent->total_timeout == 3min);
}

TEST_CASE("a token is looked up for each offer, and one that is gone is used on") {
  const tests::temporary_directory directory;
  const auto token = directory.path() / "token";
  std::ofstream(token) << "first";
  auto cloud = cloud_at_example();
  cloud.auth =
      std::make_shared<const model::credentials>(model::credentials{model::auth_scheme::bearer, {}, content_of(token)});
  bench test(cloud);
  test.client.answer = answer_with(401, "Unauthorized");
  const auto sent = [&] {
    [[maybe_unused]] const auto came = test.offer();
    return test.client.sent->headers.back().second;
  };
  CHECK(sent() == "Bearer first");
  CHECK_FALSE(test.sink.set_up_changed());
  std::ofstream(token) << "second-token";
  CHECK(test.sink.set_up_changed());
  CHECK(sent() == "Bearer second-token");
  CHECK_FALSE(test.sink.set_up_changed());

  std::filesystem::remove(token);
  CHECK_FALSE(test.sink.set_up_changed());
  CHECK(sent() == "Bearer second-token");
  CHECK(sent() == "Bearer second-token");
  CHECK(test.messages.count("what it last held is used on") == 1);
}

TEST_CASE("a token that never could be read keeps the rollup here") {
  auto cloud = cloud_at_example();
  cloud.auth = std::make_shared<const model::credentials>(
      model::credentials{model::auth_scheme::bearer, {}, content_of("/does/not/exist")});
  bench test(cloud);
  CHECK(test.sink.prepare().error().kind == model::error_kind::no_input);
  const auto came = test.offer();
  CHECK_FALSE(test.client.sent);
  REQUIRE(came.unready);
  CHECK(came.unready->starts_with("cloud.auth: "));
}

TEST_CASE("a cloud that quotes what it was told is quoted without it") {
  auto cloud = cloud_at_example();
  cloud.auth = std::make_shared<const model::credentials>(
      model::credentials{model::auth_scheme::bearer, {}, {{{model::secret::part::source::text, "hunter2-hunter2"}}}});
  cloud.headers = {{"x-api-key", {{{model::secret::part::source::text, "key-1234567"}}}}};
  bench b(std::move(cloud));
  b.client.answer = answer_with(401, "no Bearer hunter2-hunter2 with key-1234567");
  CHECK(b.offer().words == "no Bearer *** with ***");
}

TEST_CASE("cancelling an offer cancels the exchange") {
  bench test;
  test.sink.cancel();
  CHECK(test.client.cancelled);
}
