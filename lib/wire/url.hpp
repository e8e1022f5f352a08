// Reading and printing http and https URLs. Printed URLs and error texts never hold user info or values of a query.
#pragma once

#include "model/result.hpp"
#include "model/url.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

inline constexpr std::size_t max_url_bytes = 2048;
inline constexpr std::size_t max_host_bytes = 253;  ///< RFC 1035 §2.3.4, as text
inline constexpr std::size_t max_node_name_bytes = 128;

/// Reads an absolute http or https URL (RFC 3986, RFC 9110 §4.2) and normalises it: lower-case scheme and host, IPv6 in
/// its shortest form, the port spelled out, dot segments and needless percent-encoding gone, a path of "/" empty.
/// Refused with error_kind::usage, and a text that says what is wrong and how to mend it: other schemes, no host, hosts
/// that are neither a DNS name nor an address, ports other than 1..65535, user info, a fragment, bytes outside
/// printable ASCII, more than max_url_bytes.
[[nodiscard]] model::result<model::url> parse_url(std::string_view text);

/// A URL that a path is appended to: as parse_url, but a query is refused and slashes at the end of the path are
/// dropped.
[[nodiscard]] model::result<model::url> parse_node_url(std::string_view text);

/// For people and as the key of a node: no default port, values of the query as "name=***". What was read from a
/// printed node URL is the same URL.
[[nodiscard]] std::string to_string(const model::url& url);

/// "10.0.0.6:8080", "[::1]:80/base": host, port and base path. Bytes a node name cannot have become "_" and two hex
/// digits (so does a percent-encoded byte); what is longer than max_node_name_bytes ends in "-" and a hash of the
/// whole.
[[nodiscard]] std::string default_node_name(const model::url& url);

/// 1..128 of [A-Za-z0-9._:/\[\]-]
[[nodiscard]] bool valid_node_name(std::string_view name) noexcept;

}  // namespace edge_rollup::wire
