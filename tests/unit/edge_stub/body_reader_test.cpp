#include "edge-stub/body_reader.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace edge_rollup::stub {
namespace {

struct row {
  std::string_view name;
  bool chunked;
  std::uint64_t length;
  std::string_view bytes;
  body_state state;
  std::string_view body;
  std::size_t left;  ///< bytes that belong to the next request
};

constexpr row rows[] = {
    {"no body", false, 0, "GET", body_state::complete, "", 3},
    {"a length", false, 5, "hello", body_state::complete, "hello", 0},
    {"a length and the next request", false, 5, "helloPOST", body_state::complete, "hello", 4},
    {"a length, not all there", false, 6, "hello", body_state::incomplete, "hello", 0},
    {"chunks", true, 0, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", body_state::complete, "hello", 0},
    {"chunks with extension, trailer and the next request", true, 0, "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\nPOST",
     body_state::complete, "hello", 4},
    {"a chunk size that is none", true, 0, "zz\r\n", body_state::malformed, "", 0},
    {"a chunk longer than its size", true, 0, "2\r\nhello\r\n", body_state::malformed, "he", 0},
    {"a length over the limit", false, max_request_body + 1, "", body_state::too_large, "", 0},
    {"a chunk over the limit", true, 0, "fffffffffffffff\r\n", body_state::too_large, "", 0},
};

TEST_CASE("a request body is read the same in one piece and byte by byte") {
  for (const row& row : rows) {
    for (const std::size_t piece : {row.bytes.size(), std::size_t{1}}) {
      INFO(row.name << ", pieces of " << piece);
      request_head head;
      head.chunked = row.chunked;
      if (!row.chunked) head.content_length = row.length;
      body_reader reader(head);
      std::size_t taken = 0;
      while (taken < row.bytes.size() && reader.state() == body_state::incomplete) {
        taken += reader.take(row.bytes.substr(taken, piece));
      }
      CHECK(reader.state() == row.state);
      CHECK(reader.take_body() == row.body);
      if (row.state == body_state::complete) CHECK(row.bytes.size() - taken == row.left);
    }
  }
}

}  // namespace
}  // namespace edge_rollup::stub
