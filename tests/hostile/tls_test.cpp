// Certificates good and bad, client certificates, and ports on which the other side does not speak what it should.
#include "hostile/row.hpp"

#include "support/certificates.hpp"
#include "support/tls_server.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

using namespace std::string_literals;

namespace edge_rollup::tests {
namespace {

using enum model::failure_kind;

const std::string good_body = R"({"record_count": 5, "quality_score": 0.5})";
const std::string good_answer = ok_answer(good_body);
const std::string answer_to_the_close = "HTTP/1.1 200 OK\r\n\r\n" + good_body;
constexpr std::size_t tries = 2;  // of one round

std::shared_ptr<const model::tls_options> trusting(const certificates& made) {
  return std::make_shared<const model::tls_options>(model::tls_options{made.file("ca.pem"), {}, {}});
}

std::shared_ptr<const model::tls_options> with_client_certificate(const certificates& made, const std::string& name) {
  return std::make_shared<const model::tls_options>(
      model::tls_options{made.file("ca.pem"), made.file(name + ".pem"), made.file(name + ".key")});
}

std::string https_at(std::string_view host, std::uint16_t port) {
  return fmt::format("https://{}:{}", host, port);
}

/// One node with this server, asked under `host`.
void check_server(const certificates& made, tls_server_options options, const expectation& expected,
                  std::string_view host = "localhost") {
  if (options.answer == tls_server_options{}.answer) options.answer = good_answer;
  const tls_server server(made, std::move(options), tries);
  neighbourhood nodes;
  nodes.add(https_at(host, server.port())).tls = trusting(made);
  nodes.check_round({expected});
}

TEST_CASE("certificate: a good one, by name", "[hostile]") {
  check_server({}, {}, {});
}

TEST_CASE("certificate: a good one, by address", "[hostile]") {
  check_server({}, {}, {}, "127.0.0.1");
}

TEST_CASE("certificate: expired", "[hostile]") {
  check_server({}, {.certificate = "expired"}, {tls, "expired at 2021-01-01"});
}

TEST_CASE("certificate: not yet valid", "[hostile]") {
  check_server({}, {.certificate = "not-yet-valid"}, {tls, "not yet valid"});
}

TEST_CASE("certificate: self-signed", "[hostile]") {
  check_server({}, {.certificate = "self-signed"}, {tls, "self-signed"});
}

TEST_CASE("certificate: of another host", "[hostile]") {
  check_server({}, {.certificate = "wrong-host"}, {tls, "not for localhost but for elsewhere.example"});
}

TEST_CASE("certificate: of another address", "[hostile]") {
  check_server({}, {.certificate = "wrong-host"}, {tls, "not for 127.0.0.1 but for"}, "127.0.0.1");
}

TEST_CASE("certificate: the host only as common name", "[hostile]") {
  check_server({}, {.certificate = "cn-only"}, {tls, "it names no host"});
}

TEST_CASE("certificate: an unknown issuer", "[hostile]") {
  check_server({}, {.certificate = "unknown-issuer"},
               {tls, "unknown issuer: the certificate comes from \"Nobody Knows\""});
}

TEST_CASE("certificate: of a client, where a server's should be", "[hostile]") {
  check_server({}, {.certificate = "client"}, {tls, "it names no host"});
}

TEST_CASE("client certificate: the node wants none and gets none", "[hostile]") {
  check_server({}, {}, {});
}

TEST_CASE("client certificate: the node answers where it is shown", "[hostile]") {
  const certificates made;
  const tls_server server(made, {.client_ca = "ca.pem", .answer = good_answer}, tries);
  neighbourhood nodes;
  nodes.add(https_at("localhost", server.port())).tls = with_client_certificate(made, "client");
  nodes.check_round({{}});
}

TEST_CASE("client certificate: the node refuses where none is shown", "[hostile]") {
  check_server({}, {.client_ca = "ca.pem"}, {tls, "it asks for a client certificate, and none is configured"});
}

TEST_CASE("client certificate: the node refuses one of an issuer it does not know", "[hostile]") {
  const certificates made;
  const tls_server server(made, {.client_ca = "ca.pem", .answer = good_answer}, tries);
  neighbourhood nodes;
  nodes.add(https_at("localhost", server.port())).tls = with_client_certificate(made, "unknown-issuer");
  nodes.check_round({{tls, "the peer refused the TLS handshake"}});
}

TEST_CASE("TLS: a version before 1.2", "[hostile]") {
  check_server({}, {.version = TLS1_1_VERSION}, {tls, "TLS 1.2"});
}

TEST_CASE("TLS: a close without close_notify, where the close ends the body", "[hostile]") {
  check_server({}, {.answer = answer_to_the_close, .parting = farewell::rude}, {reset, "without a TLS close_notify"});
}

TEST_CASE("TLS: a close with close_notify, where the close ends the body", "[hostile]") {
  check_server({}, {.answer = answer_to_the_close}, {});
}

TEST_CASE("TLS: a close without close_notify behind a whole answer", "[hostile]") {
  check_server({}, {.parting = farewell::rude}, {});
}

TEST_CASE("TLS: plain http on a TLS port", "[hostile]") {
  const certificates made;
  const tls_server server(made, {}, tries);
  neighbourhood nodes;
  nodes.add(fmt::format("http://127.0.0.1:{}", server.port()));
  nodes.check_round({{reset, ""}});
}

TEST_CASE("TLS: several bad certificates in one round", "[hostile]") {
  const certificates made;
  const tls_server expired(made, {.certificate = "expired"}, tries);
  const tls_server good(made, {.answer = good_answer}, tries);
  const tls_server unknown(made, {.certificate = "unknown-issuer"}, tries);
  neighbourhood nodes;
  for (const tls_server* each : {&expired, &good, &unknown})
    nodes.add(https_at("localhost", each->port())).tls = trusting(made);
  nodes.check_round({{tls, "expired"}, {}, {tls, "unknown issuer"}});
}

/// https on a port where this peer sits.
void check_https_on(script peer, const expectation& expected) {
  const scripted_peer plain(std::move(peer));
  neighbourhood nodes;
  set_timeout(nodes.add(https_at("127.0.0.1", plain.port())), expected);
  nodes.check_round({expected});
}

TEST_CASE("TLS: https on a plain port", "[hostile]") {
  check_https_on(
      [](peer_connection& peer) {
        peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        peer.wait_for_close();
      },
      {tls, "does not speak TLS"});
}

TEST_CASE("TLS: https on a port of another protocol", "[hostile]") {
  check_https_on(
      [](peer_connection& peer) {
        peer.send("SSH-2.0-OpenSSH_9.2\r\n");
        peer.wait_for_close();
      },
      {tls, "does not speak TLS"});
}

TEST_CASE("TLS: a handshake that hangs", "[hostile]") {
  check_https_on([](peer_connection& peer) { peer.wait_for_close(); }, {timeout, "shaking hands in TLS"});
}

TEST_CASE("TLS: a handshake of garbage without an end", "[hostile]") {
  check_https_on([](peer_connection& peer) { peer.send_without_end("\xde\xad\xbe\xef"); }, {tls, ""});
}

TEST_CASE("TLS: a close in the handshake", "[hostile]") {
  check_https_on([](peer_connection& peer) { peer.half_close(); }, {tls, "in the TLS handshake"});
}

TEST_CASE("TLS: a refusal by alert", "[hostile]") {
  check_https_on(
      [](peer_connection& peer) {
        peer.send("\x15\x03\x03\x00\x02\x02\x28"s);  // fatal, handshake_failure
        peer.wait_for_close();
      },
      {tls, "the peer refused the TLS handshake"});
}

}  // namespace
}  // namespace edge_rollup::tests
