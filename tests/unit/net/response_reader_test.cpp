#include "net/response_reader.hpp"

#include "support/property.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::string_literals;
using model::failure_kind;
using net::read_progress;
using net::response_reader;

namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += piece;
  return all;
}

const std::string ok_head = "HTTP/1.1 200 OK\r\n";
const std::string chunked_head = ok_head + "Transfer-Encoding: chunked\r\n\r\n";

struct complete_row {
  const char* name;
  std::string bytes;
  int status;
  std::string body;
  bool reusable;
  bool closes = false;  ///< the peer ends its side behind the bytes
};

const std::vector<complete_row> complete_rows = {
    {"a body with its length", ok_head + "Content-Length: 5\r\n\r\nhello", 200, "hello", true},
    {"no body with length 0", ok_head + "Content-Length: 0\r\n\r\n", 200, "", true},
    {"field names in any case, values with space around", ok_head + "cOnTeNt-lEnGtH: \t 2 \t\r\n\r\nhi", 200, "hi",
     true},
    {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 200, "hi", true},
    {"no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true},
    {"empty reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true},
    {"chunks", chunked_head + "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", 200, "abc0123456789", true},
    {"chunk extensions and trailers", chunked_head + "1;a=b\r\nx\r\n0 ;q=\"z\"\r\nTrailer: t\r\n\r\n", 200, "x", true},
    {"chunk sizes with leading zeros", chunked_head + "0003\r\nabc\r\n000\r\n\r\n", 200, "abc", true},
    {"a body that the close ends", ok_head + "\r\nall of it", 200, "all of it", false, true},
    {"an empty body that the close ends", ok_head + "\r\n", 200, "", false, true},
    {"Connection: close", ok_head + "Connection: keep, CLOSE\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
    {"HTTP/1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
    {"HTTP/1.0 keeps alive when it says so", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
     200, "x", true},
    {"bytes beyond the answer", ok_head + "Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n", 200, "x", false},
    {"one interim answer", "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" + ok_head + "Content-Length: 1\r\n\r\nx", 200, "x",
     true},
    {"eight interim answers", repeated("HTTP/1.1 103 Early\r\n\r\n", 8) + ok_head + "Content-Length: 1\r\n\r\nx", 200,
     "x", true},
    {"204 has no body whatever its header says", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, "", true},
    {"304 with a body all the same", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", 304, "", false},
    {"an error status", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy", 503, "busy", true},
    {"a header of exactly the limit",
     ok_head + "X: " + std::string(16 * 1024 - 17 - 3 - 2 - 2 - 19, 'x') + "\r\nContent-Length: 0\r\n\r\n", 200, "",
     true},
    {"a body of exactly the limit", ok_head + "Content-Length: 65536\r\n\r\n" + std::string(65536, 'b'), 200,
     std::string(65536, 'b'), true},
    {"many small chunks", chunked_head + repeated("1\r\nx\r\n", 20'000) + "0\r\n\r\n", 200, std::string(20'000, 'x'),
     true},
};

struct broken_row {
  const char* name;
  std::string bytes;
  failure_kind kind;
  const char* says;
  bool closes = false;
};

const std::vector<broken_row> broken_rows = {
    {"HTTP/0.9", "<html>hello</html>", failure_kind::protocol, "not an HTTP/1.x answer"},
    {"an HTTP/2 preface answer", "\0\0\x12\x04\0\0\0\0\0"s, failure_kind::protocol, "not an HTTP/1.x answer"},
    {"HTTP/2 in words", "HTTP/2 200 OK\r\n", failure_kind::protocol, "not an HTTP/1.x answer"},
    {"garbage without a line end", "g", failure_kind::protocol, "not an HTTP/1.x answer"},
    {"more garbage than a header may have", std::string(17 * 1024, 'g'), failure_kind::protocol,
     "not an HTTP/1.x answer"},
    {"an empty line", "\r\n", failure_kind::protocol, "not an HTTP/1.x answer"},
    {"a TLS alert", "\x15\x03\x01\0\x02\x02\x46"s, failure_kind::protocol, "not an HTTP/1.x answer"},
    {"a status of two digits", "HTTP/1.1 20 OK\r\n", failure_kind::protocol, "bad status line"},
    {"status 000", "HTTP/1.1 000 Zero\r\n", failure_kind::protocol, "status outside 100..599"},
    {"status 999", "HTTP/1.1 999 Nine\r\n", failure_kind::protocol, "status outside 100..599"},
    {"a control character in the reason", "HTTP/1.1 200 O\x1bK\r\n", failure_kind::protocol, "bad status line"},
    {"a folded header", ok_head + "A: b\r\n c\r\n", failure_kind::protocol, "folded header"},
    {"space before the colon", ok_head + "A : b\r\n", failure_kind::protocol, "bad header line"},
    {"a header without a colon", ok_head + "nonsense\r\n", failure_kind::protocol, "bad header line"},
    {"a header without a name", ok_head + ": b\r\n", failure_kind::protocol, "bad header line"},
    {"NUL in a header", ok_head + "A: b\0c\r\n"s, failure_kind::protocol, "bad header line"},
    {"a bare carriage return in a header", ok_head + "A: b\rc\r\n", failure_kind::protocol, "bad header line"},
    {"two lengths", ok_head + "Content-Length: 1\r\nContent-Length: 1\r\n", failure_kind::protocol,
     "two Content-Length"},
    {"a list of lengths", ok_head + "Content-Length: 1, 1\r\n", failure_kind::protocol, "bad Content-Length"},
    {"a signed length", ok_head + "Content-Length: +1\r\n", failure_kind::protocol, "bad Content-Length"},
    {"a negative length", ok_head + "Content-Length: -1\r\n", failure_kind::protocol, "bad Content-Length"},
    {"a length in hexadecimal", ok_head + "Content-Length: 0x10\r\n", failure_kind::protocol, "bad Content-Length"},
    {"an empty length", ok_head + "Content-Length:\r\n", failure_kind::protocol, "bad Content-Length"},
    {"a length beyond 64 bits", ok_head + "Content-Length: 18446744073709551616\r\n", failure_kind::protocol,
     "bad Content-Length"},
    {"length with chunked", ok_head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", failure_kind::protocol,
     "beside chunked"},
    {"gzip as transfer coding", ok_head + "Transfer-Encoding: gzip, chunked\r\n", failure_kind::protocol,
     "transfer coding"},
    {"chunked twice", ok_head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", failure_kind::protocol,
     "transfer coding"},
    {"chunked under HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n", failure_kind::protocol,
     "transfer coding"},
    {"nine interim answers", repeated("HTTP/1.1 100 Continue\r\n\r\n", 9), failure_kind::protocol,
     "more than 8 interim"},
    {"switching protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", failure_kind::protocol, "switches protocols"},
    {"a chunk size with a sign", chunked_head + "+3\r\n", failure_kind::protocol, "bad chunk size"},
    {"a chunk size with 0x", chunked_head + "0x3\r\n", failure_kind::protocol, "bad chunk size"},
    {"a chunk size with an underscore", chunked_head + "1_0\r\n", failure_kind::protocol, "bad chunk size"},
    {"an empty chunk size", chunked_head + "\r\n", failure_kind::protocol, "bad chunk size"},
    {"a chunk size beyond 64 bits", chunked_head + "10000000000000000\r\n", failure_kind::protocol, "bad chunk size"},
    {"a chunk longer than its size", chunked_head + "3\r\nabcd\r\n", failure_kind::protocol, "longer than its size"},
    {"a bad trailer", chunked_head + "0\r\nbad trailer\r\n", failure_kind::protocol, "bad trailer"},
    {"an endless status line", "HTTP/1.1 200 " + std::string(17 * 1024, 'x'), failure_kind::too_large,
     "header is over 16384"},
    {"an endless header line", ok_head + "X: " + std::string(17 * 1024, 'x'), failure_kind::too_large,
     "header is over 16384"},
    {"endless headers", ok_head + repeated("A: b\r\n", 3'000), failure_kind::too_large, "header is over 16384"},
    {"a length over the limit", ok_head + "Content-Length: 100000000\r\n\r\n", failure_kind::too_large,
     "100000000 more are announced"},
    {"a chunk over the limit", chunked_head + "FFFFFFFFFFFFFFFF\r\n", failure_kind::too_large, "body is over 65536"},
    {"endless chunks", chunked_head + repeated("400\r\n" + std::string(1024, 'x') + "\r\n", 65),
     failure_kind::too_large, "body is over 65536"},
    {"a body to the close over the limit", ok_head + "\r\n" + std::string(65'537, 'x'), failure_kind::too_large,
     "body is over 65536"},
    {"an endless chunk extension", chunked_head + "1;" + std::string(9 * 1024, 'x'), failure_kind::too_large,
     "chunk extensions"},
    {"extensions on many chunks", chunked_head + repeated("1;abcdefgh\r\nx\r\n", 1'200), failure_kind::too_large,
     "chunk extensions"},
    {"an endless chunk size of zeros", chunked_head + std::string(9 * 1024, '0'), failure_kind::too_large,
     "chunk extensions"},
    {"endless trailers", chunked_head + "0\r\n" + repeated("A: b\r\n", 2'000), failure_kind::too_large,
     "chunk extensions"},
    {"close before anything", "", failure_kind::reset, "before any answer", true},
    {"close in the status line", "HTTP/1.1 20", failure_kind::reset, "middle of the answer's header", true},
    {"close in the header", ok_head + "Content-Le", failure_kind::reset, "middle of the answer's header", true},
    {"close after an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", failure_kind::reset,
     "middle of the answer's header", true},
    {"a body shorter than its length", ok_head + "Content-Length: 5\r\n\r\nhel", failure_kind::reset, "after 3 bytes",
     true},
    {"close in a chunk", chunked_head + "5\r\nhel", failure_kind::reset, "after 3 bytes", true},
    {"close before the last chunk", chunked_head + "3\r\nhel\r\n", failure_kind::reset, "after 3 bytes", true},
    {"close in the trailer", chunked_head + "3\r\nhel\r\n0\r\n", failure_kind::reset, "after 3 bytes", true},
};

/// `buffer` plays the shared read buffer: the same memory for each piece, and the body may be a view into it.
read_progress feed_in_pieces(response_reader& reader, std::string& buffer, std::string_view bytes, std::size_t piece,
                             bool closes) {
  auto progress = read_progress::more;
  while (!bytes.empty() && progress == read_progress::more) {
    buffer.assign(bytes.substr(0, piece));
    bytes.remove_prefix(buffer.size());
    progress = reader.feed(buffer);
    if (progress == read_progress::done && !bytes.empty()) progress = reader.feed(bytes);
  }
  return closes ? reader.end_of_stream() : progress;
}

constexpr std::size_t piece_sizes[] = {1, 2, 3, 7, 64, 1'000'000};

}  // namespace

TEST_CASE("a complete answer is read the same in pieces of any size") {
  for (const auto& row : complete_rows) {
    for (const auto piece : piece_sizes) {
      INFO(row.name << ", in pieces of " << piece);
      response_reader reader;
      std::string buffer;
      REQUIRE(feed_in_pieces(reader, buffer, row.bytes, piece, row.closes) == read_progress::done);
      CHECK(reader.status() == row.status);
      CHECK(reader.body() == row.body);
      CHECK(reader.reusable() == row.reusable);
      CHECK(reader.has_head());
    }
  }
}

TEST_CASE("a broken answer fails with its kind in pieces of any size") {
  for (const auto& row : broken_rows) {
    for (const auto piece : piece_sizes) {
      INFO(row.name << ", in pieces of " << piece);
      response_reader reader;
      std::string buffer;
      REQUIRE(feed_in_pieces(reader, buffer, row.bytes, piece, row.closes) == read_progress::failed);
      CHECK(reader.error().kind == row.kind);
      INFO(reader.error().message);
      CHECK(reader.error().message.find(row.says) != std::string::npos);
      CHECK(reader.error().message.size() <= 256);
      CHECK_FALSE(reader.reusable());
    }
  }
}

TEST_CASE("where a long body is cut, its beginning is handed out and the connection is used up") {
  const std::string long_body(100, 'b');
  for (const auto& [name, bytes] :
       std::vector<std::pair<const char*, std::string>>{{"sized", ok_head + "Content-Length: 100\r\n\r\n" + long_body},
                                                        {"one chunk", chunked_head + "64\r\n" + long_body},
                                                        {"many chunks", chunked_head + repeated("4\r\nbbbb\r\n", 25)},
                                                        {"to the close", ok_head + "\r\n" + long_body}}) {
    for (const auto piece : piece_sizes) {
      INFO(name << ", in pieces of " << piece);
      net::response_limits limits;
      limits.body_bytes = 16;
      limits.longer_body = net::body_over_limit::cut;
      response_reader reader(limits);
      std::string buffer;
      REQUIRE(feed_in_pieces(reader, buffer, bytes, piece, false) == read_progress::done);
      CHECK(reader.body() == std::string(16, 'b'));
      CHECK(reader.body_cut());
      CHECK_FALSE(reader.reusable());
    }
  }
}

TEST_CASE("a reader that is restarted knows nothing of the answer before") {
  response_reader reader({}, net::keep_fields::all);
  for (const auto& before : broken_rows) {
    INFO(before.name);
    reader.restart();
    std::string buffer;
    feed_in_pieces(reader, buffer, before.bytes, 5, before.closes);
    reader.restart();
    const auto good = ok_head + "A: b\r\nContent-Length: 2\r\n\r\nhi";
    REQUIRE(reader.feed(good) == read_progress::done);
    CHECK(reader.body() == "hi");
    CHECK(reader.reusable());
    CHECK(reader.fields().size() == 2);
  }
}

TEST_CASE("header fields are kept in lower case where they are asked for, trailers never") {
  response_reader reader({}, net::keep_fields::all);
  const auto bytes = ok_head + "Retry-After:  7 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\nRetry-After: 9\r\n\r\n";
  REQUIRE(reader.feed(bytes) == read_progress::done);
  const std::vector<response_reader::field> expected = {{"retry-after", "7"}, {"transfer-encoding", "chunked"}};
  CHECK(reader.fields() == expected);
  CHECK(reader.reason() == "OK");
}

TEST_CASE("an encoded body is told, identity is no encoding") {
  response_reader reader;
  REQUIRE(reader.feed(ok_head + "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n") == read_progress::done);
  CHECK(reader.encoded());
  reader.restart();
  REQUIRE(reader.feed(ok_head + "Content-Encoding: Identity\r\nContent-Length: 0\r\n\r\n") == read_progress::done);
  CHECK_FALSE(reader.encoded());
}

TEST_CASE("the reader never fails to come to an end and never holds more than its limits") {
  tests::holds_for_all("random bytes behind a random valid beginning", [](const std::string& noise) {
    const auto& row = complete_rows[*rc::gen::inRange<std::size_t>(0, complete_rows.size())];
    const auto cut = *rc::gen::inRange<std::size_t>(0, row.bytes.size() + 1);
    const auto piece = *rc::gen::inRange<std::size_t>(1, 100);
    response_reader reader;
    std::string buffer;
    feed_in_pieces(reader, buffer, row.bytes.substr(0, cut) + noise, piece, true);
    RC_ASSERT(reader.body().size() <= 64 * 1024);
    RC_ASSERT(reader.end_of_stream() != read_progress::more);
  });
}
