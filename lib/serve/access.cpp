#include "serve/access.hpp"

#include "net/http_text.hpp"
#include "serve/answers.hpp"
#include "serve/listen_address.hpp"
#include "wire/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace edge_rollup::serve {
namespace {

/// The host of a Host field, which may have a port.
std::string name_in(std::string_view host) {
  const auto address_end = host.starts_with('[') ? host.find(']') : 0;
  return canonical_host(host.substr(0, host.find(':', address_end)));
}

/// Looks at every byte whatever the ones before it are.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  volatile unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    different = different | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return different == 0;
}

bool is_one_of(std::string_view given, const std::array<std::optional<std::string>, 2>& tokens) noexcept {
  bool found = false;
  for (const auto& each : tokens) found = (each && equal_in_constant_time(given, *each)) || found;
  return found;
}

/// A browser says where the page is from that asks; others say nothing (Fetch Metadata, RFC 6454).
bool is_from_elsewhere(const net::received_request& request) {
  const auto site = request.field("sec-fetch-site");
  if (site && site != "same-origin" && site != "none") return true;
  const auto origin = request.field("origin");
  if (!origin) return false;
  if (net::equal_ignoring_case(*origin, "http://" + request.host)) return false;
  // Behind a proxy that ends TLS pages come by https: only the browser knows that the request does so, too.
  return site != "same-origin" || !net::equal_ignoring_case(*origin, "https://" + request.host);
}

net::http_response ask_for_token(std::string_view detail) {
  auto made = problem(401, detail);
  made.fields.emplace_back("WWW-Authenticate", "Bearer realm=\"edge-rollup\"");
  made.fields.emplace_back("WWW-Authenticate", "Basic realm=\"edge-rollup\", charset=\"UTF-8\"");
  return made;
}

}  // namespace

std::optional<std::string> presented_token(const net::received_request& request) {
  const auto field = request.field("authorization");
  if (!field) return std::nullopt;
  const auto blank = std::min(field->find(' '), field->size());
  const auto scheme = field->substr(0, blank);
  const auto rest = net::trimmed(field->substr(blank));
  if (net::equal_ignoring_case(scheme, "bearer")) return std::string(rest);
  if (!net::equal_ignoring_case(scheme, "basic")) return std::nullopt;
  const auto pair = wire::decode_base64(rest);
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

bool access_rules::knows_host(std::string_view host) const {
  const auto name = name_in(host);
  if (std::ranges::find(names, name) != names.end() || name.ends_with(".localhost")) return true;
  return addresses == literals::all && is_address_literal(name);  // only names can be made to point elsewhere
}

std::optional<net::http_response> access_rules::refuse(const net::received_request& request, demand what) const {
  const bool is_named = request.field("host").has_value();  // by anyone but a client of HTTP/1.0, which no browser is
  if (is_named && !knows_host(request.host)) {
    return problem(
        421, fmt::format("this is not {}: if it should be, add the name to listen_hosts", net::quoted(request.host)));
  }
  if (what == demand::token && is_from_elsewhere(request))
    return problem(403, "pages of other origins may not do this");
  if (what == demand::nothing || (what == demand::token_if_set && !listen_token)) return std::nullopt;
  const auto given = presented_token(request);
  const auto* const where =
      listen_token ? "listen_token of the settings" : "content of admin-token in the state directory";
  if (!given) return ask_for_token(fmt::format("a token is needed, as bearer token or password: the {}", where));
  if (!is_one_of(*given, {listen_token, admin_token})) {
    return ask_for_token(fmt::format("the token is not the {}", where));
  }
  return std::nullopt;
}

}  // namespace edge_rollup::serve
