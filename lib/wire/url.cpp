#include "wire/url.hpp"

#include "wire/mask_url.hpp"
#include "wire/stable_hash.hpp"

#include <fmt/format.h>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

namespace edge_rollup::wire {
namespace {

namespace urls = boost::urls;

constexpr std::size_t max_shown_bytes = 100;
constexpr std::string_view mask = "***";

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::unexpected<model::error> refuse(std::string_view text, std::string_view why) {
  return model::fail(model::error_kind::usage, fmt::format("\"{}\" {}", mask_url(text, max_shown_bytes), why));
}

/// How a text that is no URL may have been meant.
std::string mending(std::string_view text) {
  if (text.find("://") == std::string_view::npos) {
    const std::string_view host = text.substr(std::min(text.find_first_not_of('/'), text.size()));
    const std::string with_scheme = fmt::format("http://{}", host);
    if (parse_url(with_scheme))
      return fmt::format("; did you mean {0} or https://{1} ?", mask_url(with_scheme, max_shown_bytes),
                         mask_url(host, max_shown_bytes));
  }
  const std::string_view authority =
      text.substr(0, text.find_first_of("/?#", std::min(text.find("://"), text.size()) + 3));
  if (std::ranges::count(authority, ':') > 2 && !authority.contains('[')) {
    return "; an IPv6 address stands in brackets, as in http://[fd00::1]:8080";
  }
  return "; write it as http://HOST:PORT";
}

std::optional<std::uint16_t> read_port(std::string_view digits, model::url_scheme scheme) {
  if (digits.empty()) return model::default_port(scheme);
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (read.ec != std::errc{} || port == 0) return std::nullopt;
  return port;
}

/// Name servers and inet_aton() disagree on names that end in a number ("10.0.0.256", "010.1"), so none is a DNS name.
bool ends_in_number(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() && std::ranges::all_of(last, is_digit);
}

/// The interface behind a link-local address, as in "fe80::1%eth0" (RFC 6874).
std::optional<std::string> with_zone(std::string address, std::string_view zone) {
  if (!std::ranges::all_of(zone, [](char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; })) {
    return std::nullopt;
  }
  if (!zone.empty()) (address += '%') += zone;
  return address;
}

/// `zone` is as it was written: the names of interfaces know capitals.
std::optional<std::string> read_host(const urls::url& parsed, std::string_view zone) {
  switch (parsed.host_type()) {
    case urls::host_type::ipv4: return parsed.host_ipv4_address().to_string();
    case urls::host_type::ipv6: return with_zone(parsed.host_ipv6_address().to_string(), zone);
    case urls::host_type::name: break;
    default: return std::nullopt;
  }
  std::string host{std::string_view{parsed.encoded_host()}};
  const bool dns_name =
      std::ranges::all_of(host, [](char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; });
  if (!dns_name || host.size() > max_host_bytes || ends_in_number(host)) return std::nullopt;
  return host;
}

std::string host_and_port(const model::url& url, bool with_port) {
  std::string host = url.host;
  if (const auto zone = host.find('%'); zone != std::string::npos) host.replace(zone, 1, "%25");
  if (host.contains(':')) host = fmt::format("[{}]", host);
  return with_port ? fmt::format("{}:{}", host, url.port) : host;
}

std::string masked_query(std::string_view query) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    if (const std::size_t equals = parameter.find('='); equals != std::string_view::npos) {
      out += parameter.substr(0, equals + 1);
    }
    out += mask;
    if (end == query.size()) return out;
    out += '&';
    query.remove_prefix(end + 1);
  }
}

constexpr bool name_may_have(char c) noexcept {
  return is_alphanumeric(c) || std::string_view{"._:/[]-"}.contains(c);
}

}  // namespace

model::result<model::url> parse_url(std::string_view text) {
  if (text.size() > max_url_bytes) return refuse(text, fmt::format("is longer than {} bytes", max_url_bytes));
  const auto odd = std::ranges::find_if(text, [](char c) { return c <= ' ' || c > '~'; });
  if (odd != text.end()) {
    return refuse(text, fmt::format("has a blank, a control character or a letter outside ASCII at column {}; "
                                    "percent-encode it (a host name: its xn-- form)",
                                    odd - text.begin() + 1));
  }
  const auto view = urls::parse_uri(text);
  if (!view || (view->scheme_id() != urls::scheme::http && view->scheme_id() != urls::scheme::https)) {
    return refuse(text, "is not an http or https URL" + mending(text));
  }
  if (!view->has_authority() || view->encoded_host().empty()) {
    return refuse(text, "has no host; write it as http://HOST:PORT");
  }
  if (view->has_userinfo()) return refuse(text, "holds a user name or a password; put them into the settings for auth");
  if (view->has_fragment()) return refuse(text, "has a fragment; leave out '#' and what follows");

  urls::url parsed{*view};
  parsed.normalize();
  model::url url;
  url.scheme = parsed.scheme_id() == urls::scheme::https ? model::url_scheme::https : model::url_scheme::http;
  const auto host = read_host(parsed, view->encoded_zone_id());
  if (!host) return refuse(text, "has a host that is neither a DNS name nor an IPv4 or IPv6 address");
  url.host = *host;
  const auto port = read_port(parsed.port(), url.scheme);
  if (!port) return refuse(text, "has a port outside 1..65535");
  url.port = *port;
  url.path = std::string_view{parsed.encoded_path()};
  if (url.path == "/") url.path.clear();
  url.query = std::string_view{parsed.encoded_query()};
  return url;
}

model::result<model::url> parse_node_url(std::string_view text) {
  auto url = parse_url(text);
  if (!url) return url;
  if (!url->query.empty()) return refuse(text, "has a query; a node's URL ends with its path");
  while (url->path.ends_with('/')) url->path.pop_back();
  return url;
}

std::string to_string(const model::url& url) {
  const bool https = url.scheme == model::url_scheme::https;
  std::string out = https ? "https://" : "http://";
  out += host_and_port(url, url.port != model::default_port(url.scheme));
  out += url.path;
  if (!url.query.empty()) (out += '?') += masked_query(url.query);
  return out;
}

std::string default_node_name(const model::url& url) {
  std::string name;
  for (const char c : host_and_port(url, true) + url.path) {
    if (c == '%') {
      name += '_';
    } else if (name_may_have(c)) {
      name += c;
    } else {
      name += fmt::format("_{:02X}", static_cast<unsigned char>(c));
    }
  }
  if (name.size() > max_node_name_bytes) {
    const std::string ending = fmt::format("-{:016x}", stable_hash(name));
    name.resize(max_node_name_bytes - ending.size());
    name += ending;
  }
  return name;
}

bool valid_node_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= max_node_name_bytes && std::ranges::all_of(name, name_may_have);
}

}  // namespace edge_rollup::wire
