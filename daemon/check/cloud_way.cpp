#include "daemon/check/cloud_way.hpp"

#include <fmt/format.h>

#include <utility>

namespace edge_rollup::daemon {
namespace {

net::http_limits limits_of(const deliver::cloud_options& cloud) {
  net::http_limits limits;
  limits.progress_timeout = cloud.timeout;
  limits.total_timeout = cloud.total_timeout;
  return limits;
}

model::result<std::optional<net::http_proxy>> proxy_to(const deliver::cloud_options& cloud,
                                                       const net::proxy_environment& environment) {
  std::optional<net::proxy_address> chosen;
  if (cloud.proxy) {
    chosen = net::proxy_address{*cloud.proxy, cloud.proxy_user_info.value_or("")};
  } else {
    auto found = net::proxy_for(cloud.url, environment);
    if (!found) return std::unexpected(std::move(found.error()));
    chosen = std::move(*found);
  }
  if (!chosen) return std::nullopt;
  return net::make_http_proxy(*chosen);
}

}  // namespace

cloud_way::cloud_way(const deliver::cloud_options& cloud, const surroundings& around)
    : url_(cloud.url),
      proxy_(proxy_to(cloud, around.proxies)),
      connection_(around.loop, around.time, around.network, limits_of(cloud),
                  cloud.tls ? *cloud.tls : model::tls_options{}, proxy_ ? *proxy_ : std::nullopt),
      sink_(connection_, around.time, around.messages, cloud) {}

model::result<void> cloud_way::prepare() {
  auto ready = connection_.prepare(url_);
  if (!ready) return model::fail(ready.error().kind, fmt::format("cloud.tls: {}", ready.error().text));
  if (!proxy_) return std::unexpected(proxy_.error());
  return sink_.prepare();
}

/// A proxy that forwards plain http can answer in place of the cloud, wherever the cloud is.
deliver::endpoint_trust cloud_way::trust() const noexcept {
  const bool forwarded = proxy_ && *proxy_ && url_.scheme == model::url_scheme::http;
  return forwarded ? deliver::endpoint_trust::open : deliver::trust_in(url_);
}

std::shared_ptr<deliver::sink> cloud_way::sink_of(std::shared_ptr<cloud_way> way) {
  auto* const sink = &way->sink_;
  return {std::move(way), sink};
}

}  // namespace edge_rollup::daemon
