// What a group of peers (the nodes, the cloud) needs of TLS.
#pragma once

#include <compare>
#include <string>

namespace edge_rollup::model {

/// Peers are always verified, by a chain to a trusted authority and by name: no option turns that off.
struct tls_options {
  /// Trusted authorities in place of the system's: a PEM bundle, or a directory as `openssl rehash` leaves it. Empty:
  /// OpenSSL's own store, which SSL_CERT_FILE and SSL_CERT_DIR move.
  std::string ca;
  std::string certificate;  ///< PEM file with the client certificate and what stands between it and its root
  std::string key;          ///< PEM file with its key, not encrypted; both or none

  friend auto operator<=>(const tls_options&, const tls_options&) = default;
};

}  // namespace edge_rollup::model
