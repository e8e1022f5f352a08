#include "serve/listen_address.hpp"

#include "net/http_text.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace edge_rollup::serve {
namespace {

bool is_address(int family, const std::string& text) noexcept {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(family, text.c_str(), bytes.data()) == 1;
}

}  // namespace

bool is_address_literal(const std::string& text) noexcept {
  return is_address(AF_INET, text) || is_address(AF_INET6, text);
}

std::string canonical_host(std::string_view host) {
  const bool is_bracketed = host.size() > 1 && host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.remove_suffix(1);
  auto made = net::lower_case(host);
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_pton(AF_INET6, made.c_str(), bytes.data()) != 1) return made;
  return ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
}

bool listen_address::is_loopback() const noexcept {
  return host == "::1" || (host.starts_with("127.") && is_address(AF_INET, host));
}

std::optional<listen_address> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = text.substr(colon + 1);
  listen_address made{std::string(text.substr(0, colon)), 0};
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), made.port);
  if (failed != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  if (made.host.empty()) made.host = "::";
  if (made.host == "localhost") made.host = "127.0.0.1";
  if (made.host.starts_with('[') && made.host.ends_with(']')) {
    made.host = made.host.substr(1, made.host.size() - 2);
    if (!is_address(AF_INET6, made.host)) return std::nullopt;
    made.host = canonical_host(made.host);
    return made;
  }
  const bool any_by_empty = colon == 0;
  if (!any_by_empty && !is_address(AF_INET, made.host)) return std::nullopt;
  return made;
}

std::string to_string(const listen_address& address) {
  const bool is_ipv6 = address.host.contains(':');
  return is_ipv6 ? fmt::format("[{}]:{}", address.host, address.port)
                 : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace edge_rollup::serve
