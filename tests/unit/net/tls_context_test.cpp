#include "net/tls_context.hpp"

#include "support/certificates.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>

using namespace edge_rollup;
using model::error_kind;
using tests::certificates;

TEST_CASE("TLS options that cannot work are errors that name the file and say why") {
  const certificates made;
  std::ofstream(made.file("text")) << "no certificate\n";
  REQUIRE(::mkfifo(made.file("pipe").c_str(), 0600) == 0);
  const struct {
    const char* label;
    model::tls_options options;
    error_kind kind;
    const char* named;
    const char* says;
  } rows[] = {
      {"no such authority", {made.file("none.pem"), "", ""}, error_kind::no_input, "none.pem", "No such file"},
      {"an authority that is text", {made.file("text"), "", ""}, error_kind::config, "text", "no certificate"},
      {"an authority that is a key", {made.file("ca.key"), "", ""}, error_kind::config, "ca.key", "no certificate"},
      {"an authority that is a pipe", {made.file("pipe"), "", ""}, error_kind::config, "pipe", "not a regular file"},
      {"no such certificate",
       {"", made.file("none.pem"), made.file("client.key")},
       error_kind::no_input,
       "none.pem",
       "No such file"},
      {"no such key",
       {"", made.file("client.pem"), made.file("none.key")},
       error_kind::no_input,
       "none.key",
       "No such file"},
      {"a certificate without a key",
       {"", made.file("client.pem"), ""},
       error_kind::config,
       "client.pem",
       "needs its key"},
      {"a key without a certificate",
       {"", "", made.file("client.key")},
       error_kind::config,
       "client.key",
       "a key its certificate"},
      {"a certificate that is text",
       {"", made.file("text"), made.file("client.key")},
       error_kind::config,
       "text",
       "no usable certificate"},
      {"a key that is a certificate",
       {"", made.file("client.pem"), made.file("client.pem")},
       error_kind::config,
       "client.pem",
       "no private key"},
      {"another's key",
       {"", made.file("client.pem"), made.file("server.key")},
       error_kind::config,
       "server.key",
       "does not belong to the certificate"},
      {"an encrypted key",
       {"", made.file("client.pem"), made.file("encrypted.key")},
       error_kind::config,
       "encrypted.key",
       "it is encrypted"},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    const auto opened = net::tls_context::open(row.options);
    REQUIRE_FALSE(opened);
    INFO(opened.error().text);
    CHECK(opened.error().kind == row.kind);
    CHECK(opened.error().text.contains(row.named));
    CHECK(opened.error().text.contains(row.says));
  }
}

TEST_CASE("an environment that moves the system's store to where nothing is, is an error and not an unknown issuer") {
  const certificates made;
  std::ofstream(made.file("text")) << "no certificate\n";
  const struct {
    const char* variable;
    std::string value;
    std::string named;
    error_kind kind;
  } rows[] = {
      {"SSL_CERT_FILE", made.file("none.pem"), made.file("none.pem"), error_kind::no_input},
      {"SSL_CERT_FILE", made.file("text"), made.file("text"), error_kind::config},
      {"SSL_CERT_DIR", made.file("") + ":" + made.file("none"), made.file("none"), error_kind::no_input},
  };
  for (const auto& row : rows) {
    CAPTURE(row.variable, row.value);
    ::setenv(row.variable, row.value.c_str(), 1);
    const auto opened = net::tls_context::open({});
    const auto own_authorities = net::tls_context::open({made.file("ca.pem"), "", ""});
    ::unsetenv(row.variable);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == row.kind);
    CHECK(opened.error().text.contains(row.variable));
    CHECK(opened.error().text.contains(row.named));
    CHECK(own_authorities);
  }
}

TEST_CASE("TLS options may name a bundle, a directory, a client certificate, or nothing") {
  const certificates made;
  CHECK(net::tls_context::open({}));
  CHECK(net::tls_context::open({made.file("ca.pem"), "", ""}));
  CHECK(net::tls_context::open({made.file(""), "", ""}));
  CHECK(net::tls_context::open({"", made.file("client.pem"), made.file("client.key")}));
}
