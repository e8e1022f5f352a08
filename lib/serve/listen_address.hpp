// Where the admin server listens: an address of this machine and a port.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::serve {

struct listen_address {
  std::string host;        ///< an address literal; IPv6 without brackets, as canonical_host writes it
  std::uint16_t port = 0;  ///< 0: one that the system picks

  /// Only this machine reaches it.
  [[nodiscard]] bool is_loopback() const noexcept;
  /// It is every address of this machine.
  [[nodiscard]] bool is_any() const noexcept { return host == "0.0.0.0" || host == "::"; }

  friend bool operator==(const listen_address&, const listen_address&) = default;
};

/// Reads ADDR:PORT, [ADDR]:PORT, localhost:PORT, or :PORT for every address. Empty for anything else.
[[nodiscard]] std::optional<listen_address> parse_listen_address(std::string_view text);

/// As in a URL: 127.0.0.1:9464, [::1]:9464.
[[nodiscard]] std::string to_string(const listen_address& address);

/// A host in the form in which hosts are compared: in lower case, without the root's dot; an IPv6 address without
/// brackets in the one form that it has (RFC 5952).
[[nodiscard]] std::string canonical_host(std::string_view host);

/// An IPv4 or IPv6 address, the latter without brackets.
[[nodiscard]] bool is_address_literal(const std::string& text) noexcept;

}  // namespace edge_rollup::serve
