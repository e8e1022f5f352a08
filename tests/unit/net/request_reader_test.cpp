#include "net/request_reader.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace edge_rollup;
using net::request_reader;
using progress = request_reader::progress;

namespace {

/// What a text came to, read in pieces of `piece` bytes.
struct reading {
  progress ended = progress::incomplete;
  int status = 0;  ///< of the refusal
  net::received_request request;
  std::string left;
};

reading read(std::string_view text, std::size_t piece) {
  request_reader reader;
  reading came;
  while (!text.empty() && came.ended == progress::incomplete) {
    came.left += text.substr(0, piece);
    text.remove_prefix(std::min(piece, text.size()));
    came.ended = reader.read(came.left);
  }
  came.left += text;
  if (came.ended == progress::complete) came.request = reader.take();
  if (came.ended == progress::refused) came.status = reader.refusal().status;
  return came;
}

std::string with_field(std::size_t bytes) {
  return "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(bytes, 'x') + "\r\n\r\n";
}

}  // namespace

TEST_CASE("A request is read in any pieces, and the bytes behind it are left") {
  const std::string text =
      "POST /-/round?x=1 HTTP/1.1\r\nHost: gateway:9464\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhelloGET";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
    CAPTURE(piece);
    const auto came = read(text, piece);
    REQUIRE(came.ended == progress::complete);
    CHECK(came.request.method == "POST");
    CHECK(came.request.target == "/-/round?x=1");
    CHECK(came.request.host == "gateway:9464");
    CHECK(came.request.field("x-y") == "z");
    CHECK(came.request.field("none") == std::nullopt);
    CHECK(came.request.body == "hello");
    CHECK(came.request.then == net::after_answer::keep_alive);
    CHECK(came.left == "GET");
  }
}

TEST_CASE("What cannot be served is refused with the status that says why") {
  struct row {
    std::string label, text;
    int status;  ///< 0: served
  };
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::vector<row> rows = {
      {"a plain request", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 0},
      {"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 0},
      {"an empty line before the request", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 0},
      {"empty lines without end", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400},
      {"not HTTP", "\x16\x03\x01\x02\x01\x01 is TLS\r\n\r\n", 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"a blank before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
      {"a control character in a field", "GET / HTTP/1.1\r\nHost: h\r\nX: \x01\r\n\r\n", 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", 505},
      {"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400},
      {"a length beside chunks",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
      {"chunks", chunked, 411},
      {"a long line", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"a line that never ends", std::string(9'000, 'a'), 414},
      {"long fields", with_field(17'000), 431},
      {"fields just short enough", with_field(16'000), 0},
      {"a long body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n", 413},
      {"another expectation", "POST / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n", 417},
  };
  for (const auto& [label, text, status] : rows) {
    for (const std::size_t piece : {std::size_t{1'000}, text.size()}) {
      INFO(label << ", in pieces of " << piece);
      const auto came = read(text, piece);
      CHECK(came.status == status);
      CHECK((came.ended == progress::complete) == (status == 0));
    }
  }
}

TEST_CASE("A request line as long as it may be is read when half of its end has come, too") {
  const std::string line = "GET / HTTP/1.1";
  net::request_reader reader(net::request_limits{.line = line.size()});
  std::string input = line + '\r';
  CHECK(reader.read(input) == net::request_reader::progress::incomplete);
  input += "\nHost: h\r\n\r\n";
  CHECK(reader.read(input) == net::request_reader::progress::complete);
}

TEST_CASE("An absolute target names the host in place of the Host field") {
  struct row {
    std::string target, host, path;
  };
  const std::vector<row> rows = {{"http://a:1/b?c", "a:1", "/b?c"},
                                 {"HTTP://a", "a", "/"},
                                 {"http://a?c", "a", "/?c"},
                                 {"/http://a", "h", "/http://a"}};
  for (const auto& [target, host, path] : rows) {
    INFO(target);
    const auto came = read("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n", 1'000);
    CHECK(came.request.host == host);
    CHECK(came.request.target == path);
  }
}

TEST_CASE("A request says whether its connection goes on") {
  struct row {
    std::string text;
    net::after_answer then;
  };
  using net::after_answer;
  const std::vector<row> rows = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", after_answer::keep_alive},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", after_answer::close},
      {"GET / HTTP/1.0\r\n\r\n", after_answer::close},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", after_answer::keep_alive},
  };
  for (const auto& [text, then] : rows) {
    INFO(text);
    CHECK(read(text, 1'000).request.then == then);
  }
}

TEST_CASE("A client that waits for 100 Continue is told once, and only where content is to come") {
  request_reader reader;
  std::string input = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  CHECK(reader.read(input) == progress::incomplete);
  CHECK(reader.expects_continue());
  CHECK_FALSE(reader.expects_continue());
  input += "hiGET / HTTP/1.1\r\nHost: h\r\n\r\n";
  CHECK(reader.read(input) == progress::complete);
  CHECK(reader.take().body == "hi");
  CHECK(reader.read(input) == progress::complete);
  CHECK_FALSE(reader.expects_continue());
}
