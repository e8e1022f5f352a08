#include "net/tls_sessions.hpp"

#include "support/certificates.hpp"
#include "support/tls_server.hpp"

#include <openssl/ssl.h>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <memory>
#include <string>

using namespace edge_rollup;
using tests::certificates;
using tests::tls_server;

namespace {

/// What a server gave to a client that does not verify.
net::ssl_session_handle session_with(const certificates& made, const std::string& certificate, int version) {
  tls_server server(made, {.certificate = certificate, .version = version}, 1);
  const net::ssl_ctx_handle context(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> to_server(BIO_new_ssl_connect(context.get()), BIO_free_all);
  BIO_set_conn_hostname(to_server.get(), ("127.0.0.1:" + std::to_string(server.port())).c_str());
  REQUIRE(BIO_write(to_server.get(), "GET", 3) == 3);
  std::array<char, 100> answer{};
  REQUIRE(BIO_read(to_server.get(), answer.data(), static_cast<int>(answer.size())) > 0);
  SSL* connection = nullptr;
  BIO_get_ssl(to_server.get(), &connection);
  SSL_shutdown(connection);
  return net::ssl_session_handle(SSL_get1_session(connection));
}

}  // namespace

TEST_CASE("a session of TLS 1.2 is given again and again, one of TLS 1.3 once") {
  const certificates made;
  net::tls_sessions sessions;
  sessions.keep("old", *session_with(made, "good", TLS1_2_VERSION));
  sessions.keep("new", *session_with(made, "good", TLS1_3_VERSION));
  CHECK(sessions.session_for("old"));
  CHECK(sessions.session_for("old"));
  CHECK(sessions.session_for("new"));
  CHECK_FALSE(sessions.session_for("new"));
  CHECK_FALSE(sessions.session_for("other"));
}

TEST_CASE("a session ends with the certificate that it stands for") {
  const certificates made;
  net::tls_sessions sessions;
  sessions.keep("server", *session_with(made, "expired", TLS1_2_VERSION));
  CHECK_FALSE(sessions.session_for("server"));
  CHECK(sessions.size() == 0);
}

TEST_CASE("sessions of so many servers are kept and no more") {
  const certificates made;
  const auto session = session_with(made, "good", TLS1_3_VERSION);
  net::tls_sessions sessions;
  for (std::size_t server = 0; server < net::tls_sessions::max_sessions + 10; ++server) {
    sessions.keep(std::to_string(server), *session);
  }
  CHECK(sessions.size() == net::tls_sessions::max_sessions);
}

TEST_CASE("a session of more than so many bytes is not kept") {
  const certificates made;
  const auto session = session_with(made, "good", TLS1_2_VERSION);
  const std::string host_name(net::tls_sessions::max_session_bytes, 'x');
  REQUIRE(SSL_SESSION_set1_hostname(session.get(), host_name.c_str()) == 1);
  net::tls_sessions sessions;
  sessions.keep("server", *session);
  CHECK(sessions.size() == 0);
}
