// An HTTP proxy on the way to a peer, and what it is asked for.
#pragma once

#include "model/result.hpp"
#include "model/url.hpp"
#include "net/proxy_choice.hpp"

#include <string>

namespace edge_rollup::net {

struct http_proxy {
  model::url url;
  std::string authorization;  ///< the value of Proxy-Authorization; empty: none. A secret
};

/// Errors: bad_data where the user info is not "user:password" in the characters that basic authentication takes.
[[nodiscard]] model::result<http_proxy> make_http_proxy(const proxy_address& from);

/// What opens a tunnel to `peer` (RFC 9110 §9.3.6).
[[nodiscard]] std::string connect_request(const model::url& peer, const http_proxy& proxy);

}  // namespace edge_rollup::net
