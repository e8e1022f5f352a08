#include "net/http_proxy.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;

TEST_CASE("a proxy is told user and password as basic authentication") {
  const model::url url{model::url_scheme::http, "proxy", 3128, "", ""};
  CHECK(net::make_http_proxy({url, ""}).value().authorization.empty());
  CHECK(net::make_http_proxy({url, "Aladdin:open sesame"}).value().authorization ==
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(net::make_http_proxy({url, "user"}).value().authorization == "Basic dXNlcjo=");
  CHECK_FALSE(net::make_http_proxy({url, "user:pass\nword"}));
}

TEST_CASE("a tunnel is asked for by host and port") {
  const net::http_proxy open{{}, ""};
  CHECK(net::connect_request({model::url_scheme::https, "example.com", 443, "/v1", "a=b"}, open) ==
        "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
  CHECK(net::connect_request({model::url_scheme::https, "fe80::1%eth0", 443, "", ""}, open) ==
        "CONNECT [fe80::1]:443 HTTP/1.1\r\nHost: [fe80::1]:443\r\n\r\n");
  const net::http_proxy closed{{}, "Basic eA=="};
  CHECK(net::connect_request({model::url_scheme::https, "fd00::1", 8443, "", ""}, closed) ==
        "CONNECT [fd00::1]:8443 HTTP/1.1\r\nHost: [fd00::1]:8443\r\nProxy-Authorization: Basic eA==\r\n\r\n");
}
