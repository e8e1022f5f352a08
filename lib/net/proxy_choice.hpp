// Which HTTP proxy leads to a peer, as the environment says it: https_proxy, http_proxy, all_proxy and no_proxy, which
// no standard defines. Read here as curl reads them.
#pragma once

#include "model/result.hpp"
#include "model/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::net {

/// A proxy that is spoken to in plain HTTP; what goes to an https peer passes it in a tunnel (RFC 9110 §9.3.6).
struct proxy_address {
  model::url url;
  std::string user_info;  ///< "user:password", no longer percent-encoded; empty: none. A secret

  friend bool operator==(const proxy_address&, const proxy_address&) = default;
};

/// The variables, in lower case where both are set. HTTP_PROXY is not among them: a CGI server sets it to what a client
/// wants.
struct proxy_environment {
  std::string https_proxy;
  std::string http_proxy;
  std::string all_proxy;
  std::string no_proxy;
};

/// Reads "http://user:password@proxy:3128" or the same without "http://", where the port is 80 by itself; a path is
/// ignored. Errors are of kind config and do not show the user info: another scheme, or not a URL.
[[nodiscard]] model::result<proxy_address> parse_proxy(std::string_view text);

/// Whether `no_proxy` lists the peer: "*" is every peer, a name is that host and those below it with or without a dot
/// in front, "10.0.0.0/8" and "fd00::/8" are networks, and after a ':' may stand the one port that is meant (IPv6 then
/// in brackets).
[[nodiscard]] bool is_exempt(const model::url& peer, std::string_view no_proxy);

/// Empty where the peer is reached directly, which loopback always is. Errors: those of parse_proxy, with the name of
/// the variable.
[[nodiscard]] model::result<std::optional<proxy_address>> proxy_for(const model::url& peer,
                                                                    const proxy_environment& environment);

}  // namespace edge_rollup::net
