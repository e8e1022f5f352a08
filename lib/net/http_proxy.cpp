#include "net/http_proxy.hpp"

#include "net/authorization.hpp"
#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edge_rollup::net {
namespace {

model::secret secret_of(std::string text) {
  return {{{model::secret::part::source::text, std::move(text)}}};
}

}  // namespace

model::result<http_proxy> make_http_proxy(const proxy_address& from) {
  http_proxy made{from.url, {}};
  if (from.user_info.empty()) return made;
  const std::string_view info = from.user_info;
  const auto colon = std::min(info.find(':'), info.size());
  const model::credentials who{model::auth_scheme::basic, secret_of(std::string(info.substr(0, colon))),
                               secret_of(std::string(info.substr(std::min(colon + 1, info.size()))))};
  runtime::secret_files none;
  auto value = authorization_value(who, none);
  if (!value)
    return model::fail(value.error().kind, fmt::format("the proxy's user and password: {}", value.error().text));
  made.authorization = std::move(*value);
  return made;
}

std::string connect_request(const model::url& peer, const http_proxy& proxy) {
  const auto known_to_proxy = peer.host.substr(0, peer.host.find('%'));  // a zone is this machine's
  const bool ipv6 = known_to_proxy.contains(':');
  const auto authority =
      ipv6 ? fmt::format("[{}]:{}", known_to_proxy, peer.port) : fmt::format("{}:{}", known_to_proxy, peer.port);
  auto text = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
  if (!proxy.authorization.empty()) text += fmt::format("Proxy-Authorization: {}\r\n", proxy.authorization);
  return text + "\r\n";
}

}  // namespace edge_rollup::net
