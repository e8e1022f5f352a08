#include "deliver/endpoint_trust.hpp"

#include <string_view>

namespace edge_rollup::deliver {

namespace {

/// RFC 6761 §6.3 for names, RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3 for addresses.
bool is_loopback(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

endpoint_trust trust_in(const model::url& endpoint) {
  const bool certain = endpoint.scheme == model::url_scheme::https || is_loopback(endpoint.host);
  return certain ? endpoint_trust::certain : endpoint_trust::open;
}

}  // namespace edge_rollup::deliver
