#include "net/proxy_choice.hpp"

#include "net/http_text.hpp"
#include "wire/url.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace edge_rollup::net {
namespace {

using model::error_kind;

struct ip_address {
  std::array<unsigned char, 16> bytes{};
  unsigned bits = 0;  ///< 32 or 128
};

std::optional<ip_address> parse_ip(std::string_view text) {
  const std::string terminated(text);
  ip_address found;
  if (::inet_pton(AF_INET, terminated.c_str(), found.bytes.data()) == 1) {
    found.bits = 32;
  } else if (::inet_pton(AF_INET6, terminated.c_str(), found.bytes.data()) == 1) {
    found.bits = 128;
  } else {
    return std::nullopt;
  }
  return found;
}

template <class Number>
std::optional<Number> parse_number(std::string_view digits) {
  Number value{};
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = failed == std::errc{} && end == digits.data() + digits.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const bool coded = text.size() >= 3 && text[0] == '%' && is_hex_digit(text[1]) && is_hex_digit(text[2]);
    unsigned char byte = static_cast<unsigned char>(text.front());
    if (coded) std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
    plain += static_cast<char>(byte);
    text.remove_prefix(coded ? 3 : 1);
  }
  return plain;
}

bool share_bits(const ip_address& a, const ip_address& b, unsigned count) {
  if (a.bits != b.bits || count > a.bits) return false;
  for (unsigned bit = 0; bit < count; ++bit) {
    const unsigned differs = static_cast<unsigned>(a.bytes[bit / 8] ^ b.bytes[bit / 8]) >> (7 - bit % 8);
    if ((differs & 1U) != 0) return false;
  }
  return true;
}

/// `pattern` is an address, or a network as "10.0.0.0/8".
bool is_in_network(const ip_address& peer, std::string_view pattern) {
  const auto slash = std::min(pattern.find('/'), pattern.size());
  const auto network = parse_ip(pattern.substr(0, slash));
  if (!network) return false;
  const auto bits =
      slash == pattern.size() ? std::optional(network->bits) : parse_number<unsigned>(pattern.substr(slash + 1));
  return bits && share_bits(peer, *network, *bits);
}

bool is_below(std::string_view host, std::string_view domain) {
  if (domain.starts_with('*')) domain.remove_prefix(1);
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (domain.empty() || host.size() < domain.size()) return false;
  const auto above = host.size() - domain.size();
  return equal_ignoring_case(host.substr(above), domain) && (above == 0 || host[above - 1] == '.');
}

/// Splits "host:80", "[::1]:80", "[::1]"; the port is empty where none stands there.
std::pair<std::string_view, std::string_view> split_port(std::string_view item) {
  if (item.starts_with('[')) {
    const auto end = std::min(item.find(']'), item.size());
    const auto behind = item.substr(std::min(end + 1, item.size()));
    return {item.substr(1, end - 1), behind.starts_with(':') ? behind.substr(1) : std::string_view{}};
  }
  const auto colon = item.find(':');
  const bool ipv6 = colon != std::string_view::npos && item.find(':', colon + 1) != std::string_view::npos;
  if (colon == std::string_view::npos || ipv6) return {item, {}};
  return {item.substr(0, colon), item.substr(colon + 1)};
}

bool lists(std::string_view item, const model::url& peer) {
  if (item == "*") return true;
  const auto [host, port] = split_port(item);
  if (!port.empty() && parse_number<std::uint16_t>(port) != peer.port) return false;
  const auto address = parse_ip(peer.host);
  return address ? is_in_network(*address, host) : is_below(peer.host, host);
}

bool is_loopback(const model::url& peer) {
  return is_exempt(peer, "localhost,127.0.0.0/8,::1");
}

}  // namespace

model::result<proxy_address> parse_proxy(std::string_view text) {
  proxy_address found;
  // The first colon, or it stands in a password.
  const auto colon = std::min(text.find(':'), text.size());
  const bool has_scheme = text.substr(colon).starts_with("://");
  const auto scheme = has_scheme ? lower_case(text.substr(0, colon)) : "http";
  if (scheme != "http") {
    return model::fail(error_kind::config, fmt::format("{} is no scheme of a proxy here: write it as "
                                                       "http://HOST:PORT, also for what goes to https",
                                                       quoted(scheme)));
  }
  auto rest = has_scheme ? text.substr(colon + 3) : text;
  // Before the path is cut off: a password with a '/' in it is a mistake that must not show in an error.
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    found.user_info = percent_decoded(rest.substr(0, at));
    rest.remove_prefix(at + 1);
  }
  rest = rest.substr(0, rest.find_first_of("/?#"));
  auto url = wire::parse_url(fmt::format("http://{}", rest));
  if (!url) return model::fail(error_kind::config, url.error().text);
  found.url = std::move(*url);
  return found;
}

bool is_exempt(const model::url& peer, std::string_view no_proxy) {
  bool exempt = false;
  std::string commas(no_proxy);
  std::ranges::replace(commas, ' ', ',');
  for_each_list_item(commas, [&](std::string_view item) { exempt = exempt || lists(item, peer); });
  return exempt;
}

model::result<std::optional<proxy_address>> proxy_for(const model::url& peer, const proxy_environment& environment) {
  const bool https = peer.scheme == model::url_scheme::https;
  const auto& own = https ? environment.https_proxy : environment.http_proxy;
  const auto& chosen = own.empty() ? environment.all_proxy : own;
  if (chosen.empty() || is_loopback(peer) || is_exempt(peer, environment.no_proxy)) return std::nullopt;
  auto proxy = parse_proxy(chosen);
  if (proxy) return std::optional(std::move(*proxy));
  const auto name = own.empty() ? "all_proxy" : https ? "https_proxy" : "http_proxy";
  return model::fail(proxy.error().kind, fmt::format("{} in the environment: {}", name, proxy.error().text));
}

}  // namespace edge_rollup::net
