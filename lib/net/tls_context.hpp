// What all TLS connections to a group of peers share: whom they trust, who they are, and the sessions they resume.
#pragma once

#include "model/result.hpp"
#include "model/tls_options.hpp"
#include "model/url.hpp"
#include "net/certificate_expiry.hpp"
#include "net/tls_handles.hpp"
#include "net/tls_sessions.hpp"

#include <memory>
#include <string>

namespace edge_rollup::net {

/// One handshake as OpenSSL's callbacks know it. Stays in its place while the connection lives.
struct tls_handshake {
  enum class client_certificate { settled, asked_in_vain };

  explicit tls_handshake(const model::url& peer);

  std::string host;      ///< whose certificate it must be: a name or an address
  std::string server;    ///< as in a Host field: whose session is resumed
  std::string distrust;  ///< why the certificate was refused; empty where it was not
  client_certificate certificate = client_certificate::settled;
};

/// Operation:   `open` reads the files, `connection` starts each connection. TLS 1.2 is the least. A directory of
///              authorities is looked into as they are needed.
/// Concurrency: loop thread only; outlives its connections.
/// Limits:      those of tls_sessions, and as many servers whose certificates are remembered.
class tls_context {
 public:
  /// Errors are of kind config, no_input or permission, and name the file and how to mend it.
  [[nodiscard]] static model::result<std::shared_ptr<tls_context>> open(const model::tls_options& options);

  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  /// A client's side that has yet to be given a descriptor: it asks for the host by name (RFC 6066 §3), accepts only a
  /// certificate of that name or address, and resumes the last session with the server. Empty where memory is out.
  [[nodiscard]] ssl_handle connection(tls_handshake& handshake);

  /// The handshake has succeeded.
  void established(const ssl_st& connection, const tls_handshake& handshake);

  /// Of the servers' certificates that were accepted last.
  [[nodiscard]] const certificate_expiries& expiries() const noexcept { return expiries_; }

 private:
  explicit tls_context(ssl_ctx_handle context);

  static int keep_session(ssl_st* connection, ssl_session_st* session);

  ssl_ctx_handle context_;
  tls_sessions sessions_;
  certificate_expiries expiries_;
};

}  // namespace edge_rollup::net
