#include "deliver/endpoint_trust.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using deliver::endpoint_trust;
using model::url_scheme;

TEST_CASE("only https and loopback rule out that somebody else answers") {
  struct row {
    url_scheme scheme;
    const char* host;
    endpoint_trust trust;
  };
  for (const auto& [scheme, host, trust] : {row{url_scheme::https, "ingest.example.com", endpoint_trust::certain},
                                            row{url_scheme::http, "ingest.example.com", endpoint_trust::open},
                                            row{url_scheme::http, "10.0.0.1", endpoint_trust::open},
                                            row{url_scheme::http, "localhost", endpoint_trust::certain},
                                            row{url_scheme::http, "cloud.localhost", endpoint_trust::certain},
                                            row{url_scheme::http, "127.0.0.1", endpoint_trust::certain},
                                            row{url_scheme::http, "127.8.0.1", endpoint_trust::certain},
                                            row{url_scheme::http, "::1", endpoint_trust::certain},
                                            row{url_scheme::http, "127.example.com", endpoint_trust::open},
                                            row{url_scheme::http, "notlocalhost", endpoint_trust::open}}) {
    INFO(host);
    CHECK(deliver::trust_in({.scheme = scheme, .host = host, .port = 80, .path = "", .query = ""}) == trust);
  }
}
