// A parsed and normalised http or https URL: lower-case scheme and host, explicit port, no user info, no fragment.
// wire/url.hpp reads and prints it.
#pragma once

#include <cstdint>
#include <string>

namespace edge_rollup::model {

enum class url_scheme { http, https };

struct url {
  url_scheme scheme = url_scheme::http;
  /// A name or an address literal; IPv6 without brackets, link-local with its interface, as in "fe80::1%eth0".
  std::string host;
  std::uint16_t port = 80;
  std::string path;   ///< empty, or begins with '/'; percent-encoded as it goes onto the wire
  std::string query;  ///< without '?'; may hold secrets, so it is never printed as it is

  friend bool operator==(const url&, const url&) = default;
};

[[nodiscard]] constexpr std::uint16_t default_port(url_scheme scheme) noexcept {
  return scheme == url_scheme::https ? 443 : 80;
}

}  // namespace edge_rollup::model
