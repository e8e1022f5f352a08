// What servers gave along to make the next handshake short, by server.
#pragma once

#include "net/tls_handles.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>

namespace edge_rollup::net {

/// Operation:   one session for each server, the newest.
/// Concurrency: loop thread only.
/// Limits:      `max_sessions`, each of `max_session_bytes`; 1 KiB is usual. Beyond that any one goes for a new one:
///              where servers are asked in turn, letting the oldest go would leave none of use.
class tls_sessions {
 public:
  static constexpr std::size_t max_sessions = 10'000;
  static constexpr std::size_t max_session_bytes = 16 * 1024;

  void keep(const std::string& server, ssl_session_st& session);
  /// Empty where there is none, or where the certificate that it stands for has expired. A session of TLS 1.3 is given
  /// once only, so that nobody on the way can tell two connections as one client's (RFC 8446 appendix C.4).
  [[nodiscard]] ssl_session_handle session_for(const std::string& server);

  [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }

 private:
  std::unordered_map<std::string, std::string> kept_;  ///< as DER, a fifth of what OpenSSL's object takes
};

}  // namespace edge_rollup::net
