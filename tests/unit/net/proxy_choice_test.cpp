#include "net/proxy_choice.hpp"

#include "wire/url.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;

namespace {

model::url url(const char* text) {
  return wire::parse_url(text).value();
}

/// "host:port" of the chosen proxy, "" for none, or the error.
std::string chosen(const char* peer, const net::proxy_environment& environment) {
  const auto proxy = net::proxy_for(url(peer), environment);
  if (!proxy) return proxy.error().text;
  return *proxy ? (**proxy).url.host + ":" + std::to_string((**proxy).url.port) : "";
}

}  // namespace

TEST_CASE("a proxy is read from a URL, or from host and port") {
  struct row {
    const char *text, *host;
    std::uint16_t port;
    const char* user_info;
  };
  for (const auto& row :
       {row{"http://proxy:3128", "proxy", 3128, ""}, row{"http://proxy", "proxy", 80, ""},
        row{"proxy:3128", "proxy", 3128, ""}, row{"HTTP://proxy:3128/", "proxy", 3128, ""},
        row{"http://me:p%40ss@proxy:3128", "proxy", 3128, "me:p@ss"},
        row{"me:p@ss@proxy:3128", "proxy", 3128, "me:p@ss"}, row{"http://me:sec/ret@proxy", "proxy", 80, "me:sec/ret"},
        row{"me:sec#ret@proxy/path", "proxy", 80, "me:sec#ret"}, row{"me:a://b@proxy", "proxy", 80, "me:a://b"},
        row{"http://[fd00::1]:3128", "fd00::1", 3128, ""}}) {
    CAPTURE(row.text);
    const auto read = net::parse_proxy(row.text);
    REQUIRE(read);
    CHECK(read->url.host == row.host);
    CHECK(read->url.port == row.port);
    CHECK(read->user_info == row.user_info);
  }
}

TEST_CASE("what is no proxy is refused, and its password is not shown") {
  for (const auto* text : {"https://me:secret@proxy:3128", "socks5://me:secret@proxy:1080", "http://me:secret@",
                           "http://me:secret@proxy:99999", "http://me:secret@pro xy", "http://me:secret/@pro xy",
                           "me:secret://x@pro xy"}) {
    CAPTURE(text);
    const auto read = net::parse_proxy(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == model::error_kind::config);
    CHECK_FALSE(read.error().text.contains("secret"));
  }
}

TEST_CASE("no_proxy lists names, domains, addresses, networks and ports") {
  struct row {
    const char *no_proxy, *peer;
    bool exempt;
  };
  for (const auto& [no_proxy, peer, exempt] : {
           row{"", "http://example.com", false},
           row{"*", "http://example.com", true},
           row{"example.com", "http://example.com", true},
           row{"EXAMPLE.com.", "http://example.com", true},
           row{"example.com", "http://api.example.com", true},
           row{".example.com", "http://api.example.com", true},
           row{"*.example.com", "http://api.example.com", true},
           row{".example.com", "http://example.com", true},
           row{"example.com", "http://badexample.com", false},
           row{"api.example.com", "http://example.com", false},
           row{"a.com, example.com ,b.com", "http://example.com", true},
           row{"a.com example.com", "http://example.com", true},
           row{"example.com:8080", "http://example.com:8080", true},
           row{"example.com:8080", "http://example.com", false},
           row{"10.0.0.1", "http://10.0.0.1", true},
           row{"10.0.0.1", "http://10.0.0.10", false},
           row{"10.0.0.0/8", "http://10.200.3.4", true},
           row{"10.0.0.0/8", "http://11.0.0.1", false},
           row{"10.0.0.128/25", "http://10.0.0.127", false},
           row{"0.0.0.0/0", "http://192.0.2.1", true},
           row{"10.0.0.0/33", "http://10.0.0.1", false},
           row{"10.0.0.0/x", "http://10.0.0.1", false},
           row{"0.1", "http://10.0.0.1", false},
           row{"fd00::/8", "http://[fd12::1]", true},
           row{"[fd12::1]", "http://[fd12::1]:8080", true},
           row{"[fd12::1]:80", "http://[fd12::1]:8080", false},
           row{"fd12::1", "http://[fd12::1]", true},
           row{"10.0.0.0/8", "http://ten.example.com", false},
           row{".", "http://example.com", false},
       }) {
    CAPTURE(no_proxy, peer);
    CHECK(net::is_exempt(url(peer), no_proxy) == exempt);
  }
}

TEST_CASE("the variable for the scheme counts, then all_proxy, and no_proxy and loopback come first") {
  const net::proxy_environment all{"http://tunnel:1", "http://forward:2", "http://any:3", "intern"};
  CHECK(chosen("https://example.com", all) == "tunnel:1");
  CHECK(chosen("http://example.com", all) == "forward:2");
  CHECK(chosen("https://example.com", {"", "http://forward:2", "", ""}).empty());
  CHECK(chosen("https://example.com", {"", "", "http://any:3", ""}) == "any:3");
  CHECK(chosen("http://host.intern", all).empty());
  for (const auto* loopback : {"http://localhost", "http://127.8.9.1:8080", "https://[::1]", "http://a.localhost"}) {
    CHECK(chosen(loopback, all).empty());
  }
  CHECK(chosen("http://example.com", {}).empty());
  CHECK(chosen("https://example.com", {"ftp://x", "", "", ""}).starts_with("https_proxy in the environment: "));
}
