#include "net/tls_handles.hpp"

#include <openssl/ssl.h>

namespace edge_rollup::net {

void tls_release::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}

void tls_release::operator()(ssl_session_st* session) const noexcept {
  SSL_SESSION_free(session);
}

void tls_release::operator()(ssl_st* connection) const noexcept {
  SSL_free(connection);
}

}  // namespace edge_rollup::net
