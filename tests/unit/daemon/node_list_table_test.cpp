#include "daemon/beside/node_list_table.hpp"

#include "support/golden.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using namespace edge_rollup::daemon;
using wire::json_view;

namespace {

const auto now = *wire::parse_timestamp("2026-11-22T17:05:40Z");

const std::string some = R"([
  {"name":"pump-1","state":"ok","since":"2026-11-22T17:05:00Z","records":4160,"quality":0.981,"freshness":"fresh",
   "latency_ms":8.1,"error":null},
  {"name":"a-node-with-a-name-that-is-rather-long.in.a.site.example:8080/base","state":"ok",
   "since":"2026-11-20T17:05:00Z","records":18446744073709551615,"quality":1.0,"freshness":"unchanged",
   "latency_ms":1811.0,"error":null},
  {"name":"pump-3","state":"failed","since":"2026-11-22T16:05:00Z","records":null,"quality":null,"freshness":null,
   "latency_ms":3.0,"error":"HTTP 503 Service Unavailable, and then more \u001b[31mwords than fit into one line of a terminal"},
  {"name":"pump-4","state":"unknown","since":null,"records":null,"quality":null,"freshness":null,"latency_ms":null,
   "error":null}])";

std::string table_of(const std::string& text, long_text wanted = long_text::cut) {
  const auto nodes = json_view::over(text)->elements();
  return node_list_table(nodes, now, wanted);
}

/// In each hundred one has failed and one has old data.
std::string nodes_with_trouble(int count) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) {
    text += fmt::format(R"({}{{"name":"{:03}","state":"{}","freshness":"{}","error":null}})", i > 0 ? "," : "", i,
                        i % 100 == 49 ? "failed" : "ok", i % 100 == 30 ? "stale" : "fresh");
  }
  return text + "]";
}

}  // namespace

TEST_CASE("nodes are listed with what went wrong below them") {
  CHECK(tests::matches_golden("nodes_table.txt", table_of(some)));
}

TEST_CASE("no line of the table is longer than a terminal is wide") {
  const auto table = table_of(some);
  CHECK_FALSE(table.contains('\x1b'));
  for (std::size_t begin = 0; begin < table.size();) {
    const auto end = table.find('\n', begin);
    INFO(table.substr(begin, end - begin));
    CHECK(end - begin <= 80);
    begin = end + 1;
  }
}

TEST_CASE("a long name is cut in the middle, since names of one fleet begin alike") {
  CHECK(table_of(some).contains("\na-node-wit...:8080/base  ok "));
}

TEST_CASE("who does not read on a terminal is given names and messages whole") {
  const auto table = table_of(some, long_text::whole);
  CHECK(table.contains("\na-node-with-a-name-that-is-rather-long.in.a.site.example:8080/base  ok "));
  CHECK(table.contains("than fit into one line of a terminal\n"));
  CHECK_FALSE(table.contains('\x1b'));
}

TEST_CASE("of many nodes those in trouble come first") {
  CHECK(table_of(nodes_with_trouble(50)).find("\n000 ") < table_of(nodes_with_trouble(50)).find("\n049 "));
  const auto table = table_of(nodes_with_trouble(51));
  CHECK(table.find("\n030 ") < table.find("\n049 "));
  CHECK(table.find("\n049 ") < table.find("\n000 "));
  CHECK(table.find("\n000 ") < table.find("\n001 "));
}

TEST_CASE("a daemon without nodes has a table without rows") {
  CHECK(table_of("[]").ends_with("\nnodes  0 of 0 ok\n"));
}
