#include "net/http_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace edge_rollup;

TEST_CASE("a header line splits into name and trimmed value, or is none") {
  using parts = std::pair<std::string_view, std::string_view>;
  CHECK(net::split_field("Retry-After: 7") == parts{"Retry-After", "7"});
  CHECK(net::split_field("A:") == parts{"A", ""});
  CHECK(net::split_field("A: \t b c \t") == parts{"A", "b c"});
  CHECK(net::split_field("A: b: c") == parts{"A", "b: c"});
  for (const auto* line : {"", "A", ": b", "A : b", "A\t: b", "(A): b", "A: \x01", "A: b\rc"}) {
    INFO(line);
    CHECK_FALSE(net::split_field(line));
  }
}

TEST_CASE("a list gives its items without the empty ones") {
  std::vector<std::string_view> items;
  net::for_each_list_item(" a, ,b,,c d ", [&items](std::string_view item) { items.push_back(item); });
  CHECK(items == std::vector<std::string_view>{"a", "b", "c d"});
}

TEST_CASE("the Host field leaves the default port out and puts IPv6 into brackets") {
  using model::url_scheme;
  CHECK(net::host_field({url_scheme::http, "node-1", 80, "", ""}) == "node-1");
  CHECK(net::host_field({url_scheme::https, "node-1", 443, "", ""}) == "node-1");
  CHECK(net::host_field({url_scheme::https, "node-1", 80, "", ""}) == "node-1:80");
  CHECK(net::host_field({url_scheme::http, "fe80::1", 8080, "", ""}) == "[fe80::1]:8080");
}

TEST_CASE("what is quoted is short and printable") {
  CHECK(net::quoted("a\r\nb\x1b") == R"("a\x0d\x0ab\x1b")");
  CHECK(net::quoted(std::string(500, 'x')).size() <= 64);
}
