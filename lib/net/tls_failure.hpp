// OpenSSL's error of a call, in words a person can act on.
#pragma once

#include <string>

namespace edge_rollup::net {

struct tls_handshake;

/// Of an error code of OpenSSL's queue, as the handshake or a later call left it: what the certificate lacks, which
/// alert the peer sent, that it speaks no TLS at all, or what OpenSSL calls it.
[[nodiscard]] std::string tls_failure_text(unsigned long error, const tls_handshake& handshake);

}  // namespace edge_rollup::net
