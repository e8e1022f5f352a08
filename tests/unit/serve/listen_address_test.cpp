#include "serve/listen_address.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace edge_rollup;
using serve::listen_address;

TEST_CASE("An address to listen on is read and written") {
  struct row {
    std::string text;
    std::optional<listen_address> address;
    bool is_loopback = false, is_any = false;
  };
  const std::vector<row> rows = {
      {"127.0.0.1:9464", listen_address{"127.0.0.1", 9464}, true, false},
      {"127.1.2.3:0", listen_address{"127.1.2.3", 0}, true, false},
      {"localhost:80", listen_address{"127.0.0.1", 80}, true, false},
      {"[::1]:9464", listen_address{"::1", 9464}, true, false},
      {"[0:0:0:0:0:0:0:1]:9464", listen_address{"::1", 9464}, true, false},
      {"[2001:DB8:0::1]:9464", listen_address{"2001:db8::1", 9464}, false, false},
      {"[0:0:0:0:0:0:0:0]:9464", listen_address{"::", 9464}, false, true},
      {"0.0.0.0:9464", listen_address{"0.0.0.0", 9464}, false, true},
      {"[::]:9464", listen_address{"::", 9464}, false, true},
      {":9464", listen_address{"::", 9464}, false, true},
      {"10.0.0.9:9464", listen_address{"10.0.0.9", 9464}, false, false},
      {"9464", {}},
      {"127.0.0.1", {}},
      {"127.0.0.1:", {}},
      {"127.0.0.1:65536", {}},
      {"127.0.0.1:+1", {}},
      {"127.0.0.256:1", {}},
      {"127.1:1", {}},
      {"::1:9464", {}},
      {"[::1]", {}},
      {"[127.0.0.1]:1", {}},
      {"[]:1", {}},
      {"gateway:9464", {}},
      {"http://127.0.0.1:9464", {}},
  };
  for (const auto& [text, address, is_loopback, is_any] : rows) {
    INFO(text);
    const auto read = serve::parse_listen_address(text);
    CHECK(read == address);
    if (!read) continue;
    CHECK(read->is_loopback() == is_loopback);
    CHECK(read->is_any() == is_any);
    CHECK(serve::parse_listen_address(to_string(*read)) == read);
  }
}
