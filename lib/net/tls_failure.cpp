#include "net/tls_failure.hpp"

#include "net/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace edge_rollup::net {
namespace {

constexpr auto no_common_version = "no common version of TLS: the least spoken here is TLS 1.2";
constexpr auto not_tls = "the peer does not speak TLS on this port: is it plain http?";

std::string reason_of(unsigned long error) {
  const char* const reason = ERR_reason_error_string(error);
  return reason == nullptr ? fmt::format("error {:#x}", error) : reason;
}

std::string refused_by_peer(unsigned long error, const tls_handshake& handshake) {
  const bool no_certificate = handshake.certificate == tls_handshake::client_certificate::asked_in_vain;
  return fmt::format("the peer refused the TLS handshake ({}){}", reason_of(error),
                     no_certificate ? ": it asks for a client certificate, and none is configured" : "");
}

}  // namespace

std::string tls_failure_text(unsigned long error, const tls_handshake& handshake) {
  switch (ERR_GET_REASON(error)) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED: return handshake.distrust;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_WRONG_SSL_VERSION: return no_common_version;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_BAD_RECORD_TYPE: return not_tls;
    case SSL_R_TLSV1_UNRECOGNIZED_NAME: return fmt::format("the peer knows no host {}", handshake.host);
    default: break;
  }
  const bool is_alert = ERR_GET_REASON(error) >= SSL_AD_REASON_OFFSET;
  return is_alert ? refused_by_peer(error, handshake) : fmt::format("TLS failed: {}", reason_of(error));
}

}  // namespace edge_rollup::net
