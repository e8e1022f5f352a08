// What servers gave along to make the next handshake short, by server.
#pragma once

#include "net/tls_handles.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>

namespace edge_rollup::net {

/// Operation:   one session for each server, the newest.
/// Concurrency: loop thread only.
/// Limits:      `max_sessions`; beyond it any one goes for a new one, which, where servers are asked in turn, keeps
/// more
///              of use than letting the oldest go.
class tls_sessions {
 public:
  /// Of about 5 KiB each, with the server's certificate.
  static constexpr std::size_t max_sessions = 10'000;

  void keep(const std::string& server, ssl_session_handle session);
  /// Empty where there is none, or where the certificate that it stands for has expired. A session of TLS 1.3 is given
  /// once only, so that nobody can tell two connections as one client's (RFC 8446 appendix C.4).
  [[nodiscard]] ssl_session_handle session_for(const std::string& server);

  [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }

 private:
  std::unordered_map<std::string, ssl_session_handle> kept_;
};

}  // namespace edge_rollup::net
