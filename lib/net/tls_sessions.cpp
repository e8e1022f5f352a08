#include "net/tls_sessions.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

namespace edge_rollup::net {
namespace {

/// A short handshake shows no certificate, so what the long one found must still hold.
bool is_valid_now(const ssl_session_st& session) {
  const X509* const certificate = SSL_SESSION_get0_peer(const_cast<ssl_session_st*>(&session));
  return certificate != nullptr && X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

}  // namespace

void tls_sessions::keep(const std::string& server, ssl_session_handle session) {
  if (kept_.size() >= max_sessions && !kept_.contains(server)) kept_.erase(kept_.begin());
  kept_[server] = std::move(session);
}

ssl_session_handle tls_sessions::session_for(const std::string& server) {
  const auto found = kept_.find(server);
  if (found == kept_.end()) return nullptr;
  ssl_session_st& session = *found->second;
  if (!is_valid_now(session)) {
    kept_.erase(found);
    return nullptr;
  }
  if (SSL_SESSION_get_protocol_version(&session) >= TLS1_3_VERSION) {
    auto once = std::move(found->second);
    kept_.erase(found);
    return once;
  }
  SSL_SESSION_up_ref(&session);
  return ssl_session_handle(&session);
}

}  // namespace edge_rollup::net
