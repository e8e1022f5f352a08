#include "net/tls_sessions.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

namespace edge_rollup::net {
namespace {

std::string to_der(ssl_session_st& session) {
  const int size = i2d_SSL_SESSION(&session, nullptr);
  if (size <= 0 || static_cast<std::size_t>(size) > tls_sessions::max_session_bytes) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* begin = reinterpret_cast<unsigned char*>(der.data());
  i2d_SSL_SESSION(&session, &begin);
  return der;
}

ssl_session_handle from_der(const std::string& der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  return ssl_session_handle(d2i_SSL_SESSION(nullptr, &begin, static_cast<long>(der.size())));
}

/// A short handshake shows no certificate, so what the long one found must still hold.
bool is_valid_now(ssl_session_st& session) {
  const X509* const certificate = SSL_SESSION_get0_peer(&session);
  return certificate != nullptr && X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

}  // namespace

void tls_sessions::keep(const std::string& server, ssl_session_st& session) {
  auto der = to_der(session);
  if (der.empty()) return;
  if (kept_.size() >= max_sessions && !kept_.contains(server)) kept_.erase(kept_.begin());
  kept_[server] = std::move(der);
}

ssl_session_handle tls_sessions::session_for(const std::string& server) {
  const auto found = kept_.find(server);
  if (found == kept_.end()) return nullptr;
  auto session = from_der(found->second);
  const bool is_valid = session && is_valid_now(*session);
  if (!is_valid || SSL_SESSION_get_protocol_version(session.get()) >= TLS1_3_VERSION) kept_.erase(found);
  return is_valid ? std::move(session) : nullptr;
}

}  // namespace edge_rollup::net
