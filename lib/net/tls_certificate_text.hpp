// Why a server's certificate was not accepted, in words.
#pragma once

#include "model/time.hpp"

#include <string>
#include <string_view>

struct x509_store_ctx_st;

namespace edge_rollup::net {

/// Of a verification that has just failed for `host`: expired, not yet valid, self-signed, unknown issuer, wrong host,
/// or what OpenSSL calls it. Names out of the certificate are cut short and printable.
[[nodiscard]] std::string why_distrusted(x509_store_ctx_st& verification, std::string_view host);

/// What to think of a certificate that is not valid yet. A box without a battery starts in 1970, and everything looks
/// too new to it.
[[nodiscard]] std::string doubt_of_clock(model::wall_time now);

}  // namespace edge_rollup::net
