// Owners of OpenSSL's objects, for headers that must not see OpenSSL itself.
#pragma once

#include <memory>

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace edge_rollup::net {

struct tls_release {
  void operator()(ssl_ctx_st* context) const noexcept;
  void operator()(ssl_session_st* session) const noexcept;
  void operator()(ssl_st* connection) const noexcept;
};

using ssl_ctx_handle = std::unique_ptr<ssl_ctx_st, tls_release>;
using ssl_session_handle = std::unique_ptr<ssl_session_st, tls_release>;
using ssl_handle = std::unique_ptr<ssl_st, tls_release>;

}  // namespace edge_rollup::net
