#include "wire/url.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace edge_rollup::wire {
namespace {

using model::url_scheme;

TEST_CASE("A URL is read into its parts", "[wire][url]") {
  struct {
    std::string_view text;
    model::url expected;
  } const table[] = {
      {"http://node-1:8080", {url_scheme::http, "node-1", 8080, "", ""}},
      {"http://node-1", {url_scheme::http, "node-1", 80, "", ""}},
      {"https://node-1/", {url_scheme::https, "node-1", 443, "", ""}},
      {"http://node-1:/", {url_scheme::http, "node-1", 80, "", ""}},
      {"HTTPS://Node_1.Example.COM:8443/A/b", {url_scheme::https, "node_1.example.com", 8443, "/A/b", ""}},
      {"http://10.0.0.5:00080/base", {url_scheme::http, "10.0.0.5", 80, "/base", ""}},
      {"http://[::1]:8080", {url_scheme::http, "::1", 8080, "", ""}},
      {"http://[FD00:0:0::0:1]/x", {url_scheme::http, "fd00::1", 80, "/x", ""}},
      {"http://[FE80::1%25Eth0.1]:8080/x", {url_scheme::http, "fe80::1%Eth0.1", 8080, "/x", ""}},
      {"https://cloud/v1/rollups/?key=abc&x", {url_scheme::https, "cloud", 443, "/v1/rollups/", "key=abc&x"}},
      {"https://cloud?", {url_scheme::https, "cloud", 443, "", ""}},
      {"http://h/a/./b/../c/%7euser%2f", {url_scheme::http, "h", 80, "/a/c/~user%2F", ""}},
      {"http://node.example.com.:1", {url_scheme::http, "node.example.com.", 1, "", ""}},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto url = parse_url(row.text);
    REQUIRE(url);
    CHECK(*url == row.expected);
  }
}

TEST_CASE("A text that is no usable URL is refused with a way to mend it", "[wire][url]") {
  struct {
    std::string_view text, expected;
  } const table[] = {
      {"node-1:8080",
       R"("node-1:8080" is not an http or https URL; did you mean http://node-1:8080 or https://node-1:8080 ?)"},
      {"10.0.0.5", R"("10.0.0.5" is not an http or https URL; did you mean http://10.0.0.5 or https://10.0.0.5 ?)"},
      {"//node-1", R"("//node-1" is not an http or https URL; did you mean http://node-1 or https://node-1 ?)"},
      {"[::1]:8080",
       R"("[::1]:8080" is not an http or https URL; did you mean http://[::1]:8080 or https://[::1]:8080 ?)"},
      {"", R"("" is not an http or https URL; write it as http://HOST:PORT)"},
      {"ftp://node-1", R"("ftp://node-1" is not an http or https URL; write it as http://HOST:PORT)"},
      {"http://fd00::1:8080", R"("http://fd00::1:8080" is not an http or https URL; )"
                              "an IPv6 address stands in brackets, as in http://[fd00::1]:8080"},
      {"http:node-1", R"("http:node-1" has no host; write it as http://HOST:PORT)"},
      {"http:///data", R"("http:///data" has no host; write it as http://HOST:PORT)"},
      {"http://:8080", R"("http://:8080" has no host; write it as http://HOST:PORT)"},
      {"http://node-1:0", R"("http://node-1:0" has a port outside 1..65535)"},
      {"http://node-1:99999", R"("http://node-1:99999" has a port outside 1..65535)"},
      {"http://node-1:65536", R"("http://node-1:65536" has a port outside 1..65535)"},
      {"http://node-1/a#b", R"("http://node-1/a#***" has a fragment; leave out '#' and what follows)"},
      {"http://10.0.0.256", R"("http://10.0.0.256" has a host that is neither a DNS name nor an IPv4 or IPv6 address)"},
      {"http://010.1", R"("http://010.1" has a host that is neither a DNS name nor an IPv4 or IPv6 address)"},
      {"http://a!b", R"("http://a!b" has a host that is neither a DNS name nor an IPv4 or IPv6 address)"},
      {"http://[v1.x]", R"("http://[v1.x]" has a host that is neither a DNS name nor an IPv4 or IPv6 address)"},
      {"http://a b", R"("http://a b" has a blank, a control character or a letter outside ASCII at column 9; )"
                     "percent-encode it (a host name: its xn-- form)"},
      {"http://a\n", R"("http://a\x0a" has a blank, a control character or a letter outside ASCII at column 9; )"
                     "percent-encode it (a host name: its xn-- form)"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto url = parse_url(row.text);
    REQUIRE_FALSE(url);
    CHECK(url.error().kind == model::error_kind::usage);
    CHECK(url.error().text == row.expected);
  }
}

TEST_CASE("A URL is at most 2048 bytes and its host at most 253", "[wire][url]") {
  const std::string start = "http://h/";
  CHECK(parse_url(start + std::string(max_url_bytes - start.size(), 'a')));
  const auto longer = parse_url(start + std::string(max_url_bytes - start.size() + 1, 'a'));
  REQUIRE_FALSE(longer);
  CHECK(longer.error().text.contains("is longer than 2048 bytes"));
  CHECK(longer.error().text.size() < 256);
  CHECK(parse_url("http://" + std::string(max_host_bytes, 'a')));
  CHECK_FALSE(parse_url("http://" + std::string(max_host_bytes + 1, 'a')));
}

TEST_CASE("No secret of a URL stands in an error or in a printed URL", "[wire][url]") {
  constexpr std::string_view refused[] = {
      "http://user:hunter2@node-1",     "http://hunter2@node-1:8080/a",   "http://user:hunter2@node-1:99999",
      "http://user:pa/hunter2@node-1",  "http://user:pa@hunter2@node-1",  "http://user:pa?hunter2@node-1",
      "user:hunter2@node-1:8080",       "u:hunter2://x@node-1",           "ftp://node-1/?token=hunter2",
      "http://node-1:0/?token=hunter2", "http://node-1/?token=hunter2#x", "node-1/?token=hunter2",
      "http://node-1/#hunter2",         "http://node-1?hunter2 ",
  };
  for (const auto text : refused) {
    CAPTURE(text);
    const auto url = parse_url(text);
    REQUIRE_FALSE(url);
    CAPTURE(url.error().text);
    CHECK_FALSE(url.error().text.contains("hunter2"));
  }
  CHECK_FALSE(parse_node_url("http://node-1/?token=hunter2").error().text.contains("hunter2"));
  CHECK(to_string(*parse_url("https://cloud/in?key=hunter2&v=2&hunter2")) == "https://cloud/in?key=***&v=***&***");
  CHECK(to_string(*parse_url("https://cloud/in?a=hunter2;b=hunter2&")) == "https://cloud/in?a=***&***");
}

TEST_CASE("A printed URL is the normalised one", "[wire][url]") {
  struct {
    std::string_view text, expected;
  } const table[] = {
      {"HTTP://Node-1:80/", "http://node-1"},
      {"https://node-1:443/a", "https://node-1/a"},
      {"http://node-1:443/a/", "http://node-1:443/a"},
      {"https://[0::1]:80//", "https://[::1]:80"},
      {"http://[::1]", "http://[::1]"},
      {"http://h/a//b/", "http://h/a//b"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto url = parse_node_url(row.text);
    REQUIRE(url);
    CHECK(to_string(*url) == row.expected);
    CHECK(parse_node_url(to_string(*url)) == url);
  }
}

TEST_CASE("A node's URL has no query and no slash at its end", "[wire][url]") {
  const auto with_query = parse_node_url("http://node-1/a?b=c");
  REQUIRE_FALSE(with_query);
  CHECK(with_query.error().text == R"("http://node-1/a?***" has a query; a node's URL ends with its path)");
  CHECK(parse_node_url("http://node-1/a//")->path == "/a");
}

TEST_CASE("A node without a name is called host:port and base path", "[wire][url]") {
  struct {
    std::string_view text, expected;
  } const table[] = {
      {"http://10.0.0.6:8080", "10.0.0.6:8080"},   {"http://node-1", "node-1:80"},
      {"https://Node-1/base/", "node-1:443/base"}, {"http://[::1]:8080/a", "[::1]:8080/a"},
      {"http://h/a%20b~c", "h:80/a_20b_7Ec"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto name = default_node_name(*parse_node_url(row.text));
    CHECK(name == row.expected);
    CHECK(valid_node_name(name));
  }
}

TEST_CASE("A default name that is too long is cut and told apart by a hash", "[wire][url]") {
  const std::string base = "http://node-1/" + std::string(200, 'a');
  const auto one = default_node_name(*parse_node_url(base + "/1"));
  const auto other = default_node_name(*parse_node_url(base + "/2"));
  CHECK(one.size() == max_node_name_bytes);
  CHECK(valid_node_name(one));
  CHECK(one != other);
  CHECK(one == "node-1:80/" + std::string(101, 'a') + "-59e01fa7f54e3e80");
}

TEST_CASE("A node name has 1 to 128 of the allowed characters", "[wire][url]") {
  CHECK(valid_node_name("a"));
  CHECK(valid_node_name("[::1]:80/a_b-C.9"));
  CHECK(valid_node_name(std::string(128, 'x')));
  CHECK_FALSE(valid_node_name(std::string(129, 'x')));
  CHECK_FALSE(valid_node_name(""));
  CHECK_FALSE(valid_node_name("a b"));
  CHECK_FALSE(valid_node_name("a\"b"));
  CHECK_FALSE(valid_node_name("pümp"));
}

TEST_CASE("Any text is read or refused, and what is read prints as itself", "[wire][url]") {
  tests::holds_for_all("a printed node URL reads as the same URL", [] {
    constexpr std::string_view alphabet = "abA.-_:/[]%2e~?@#19!";
    const auto letters = rc::gen::elementOf(std::string(alphabet));
    const auto text = *rc::gen::container<std::string>(letters);
    for (const auto& attempt : {text, "http://" + text, "http://node-1:8080/" + text}) {
      const auto url = parse_node_url(attempt);
      if (!url) continue;
      const auto again = parse_node_url(to_string(*url));
      RC_ASSERT(again.has_value());
      RC_ASSERT((*again == *url));
      RC_ASSERT(valid_node_name(default_node_name(*url)));
    }
  });
}

TEST_CASE("The interface of a link-local address stays with the URL and in its name", "[wire][url]") {
  const auto url = parse_node_url("http://[fe80::1%25lo]:8080");
  REQUIRE(url);
  CHECK(to_string(*url) == "http://[fe80::1%25lo]:8080");
  CHECK(valid_node_name(default_node_name(*url)));
  CHECK(default_node_name(*url) != default_node_name(*parse_node_url("http://[fe80::1%25lo2]:8080")));
  CHECK_FALSE(parse_url("http://[fe80::1%lo]:8080"));
  CHECK_FALSE(parse_url("http://[fe80::1%25a%2Fb]:8080"));
}

}  // namespace
}  // namespace edge_rollup::wire
