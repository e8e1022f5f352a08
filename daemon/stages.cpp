#include "daemon/stages.hpp"

#include "deliver/spread.hpp"
#include "fleet/http_list_client.hpp"
#include "fleet/list_file.hpp"
#include "fleet/make_nodes.hpp"
#include "model/invariant.hpp"
#include "net/authorization.hpp"
#include "runtime/secret_files.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {
namespace {

net::http_limits limits_of(const deliver::cloud_options& cloud) {
  net::http_limits limits;
  limits.progress_timeout = cloud.timeout;
  limits.total_timeout = cloud.total_timeout;
  return limits;
}

pipeline_parts parts_of(stages& all, const surroundings& around, const storage& kept) {
  // Only rounds on the clock are the same moment for every gateway.
  auto tell_delivery = [&all](model::round_trigger why) {
    const auto after = why == model::round_trigger::timer ? all.spread : model::milliseconds::zero();
    if (all.delivery) all.delivery->notify(after);
  };
  return {around.time, around.chance, around.messages, all.numbers, all.nodes, kept.store, std::move(tell_delivery)};
}

/// Empty where the cloud is reached directly.
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

/// A proxy that forwards plain http can answer in place of the cloud, wherever the cloud is.
deliver::endpoint_trust trust_in(const model::url& cloud, const std::optional<net::http_proxy>& proxy) {
  const bool forwarded = proxy && cloud.scheme == model::url_scheme::http;
  return forwarded ? deliver::endpoint_trust::open : deliver::trust_in(cloud);
}

/// Null where a list must be read before it is known which nodes there are.
node_list nodes_at_start(const fleet::fleet_options& options) {
  if (options.has_lists()) return nullptr;
  auto nodes = fleet::static_nodes(options);
  EDGE_ROLLUP_INVARIANT(nodes.has_value());  // checked with the settings
  return std::make_shared<const std::vector<model::node>>(std::move(*nodes));
}

std::string gateway_of(const surroundings& around, const storage& kept) {
  return kept.store != nullptr ? kept.store->at_a_glance().gateway : around.host_name;
}

}  // namespace

stages::stages(const config::config& settings, const surroundings& around, storage kept)
    : stages(settings, around, std::move(kept), nodes_at_start(settings.fleet)) {}

stages::stages(const config::config& settings, const surroundings& around, storage kept, const node_list& known_nodes)
    : loop(around.loop),
      time(around.time),
      network(around.network),
      numbers(registry),
      nodes({loop, time, around.network, around.messages}, settings.poll, around.descriptors_for_nodes,
            known_nodes ? known_nodes : std::make_shared<const std::vector<model::node>>()),
      rounds(parts_of(*this, around, kept), settings, known_nodes, gateway_of(around, kept), kept.directory) {
  follow_lists(settings.fleet, around, kept);
  numbers.rounds_come_every(settings.poll.interval);
  if (kept.store != nullptr) numbers.outbox_changed(kept.store->at_a_glance());
  if (kept.store == nullptr || !settings.cloud) return;
  cloud_url = settings.cloud->url;
  spread = deliver::spread_offset(kept.store->at_a_glance().stream, settings.cloud->spread, settings.poll.interval);
  proxy = proxy_to(*settings.cloud, around.proxies);
  const auto way = proxy ? *proxy : std::nullopt;
  connection.emplace(loop, time, around.network, limits_of(*settings.cloud),
                     settings.cloud->tls ? *settings.cloud->tls : model::tls_options{}, way);
  cloud.emplace(*connection, time, around.messages, *settings.cloud);
  auto tried = [this, store = kept.store](const deliver::delivery_try& ended, const deliver::delivery_state& state) {
    numbers.try_ended(ended, state, time.wall_now());
    numbers.outbox_changed(store->at_a_glance());
  };
  deliver::deliverer_parts parts{time, around.chance, around.messages, *kept.store, *cloud, std::move(tried)};
  delivery.emplace(std::move(parts), settings.deliver, trust_in(settings.cloud->url, way));
}

model::result<void> stages::prepare() {
  auto ready = nodes.prepare();
  if (ready) ready = prepare_lists();
  if (ready && connection) ready = connection->prepare(*cloud_url);
  if (ready && !proxy) ready = std::unexpected(proxy.error());
  if (ready && cloud) ready = cloud->prepare();
  return ready;
}

/// Which nodes the lists will name is not known yet, only what they are reached with.
model::result<void> stages::prepare_lists() {
  runtime::secret_files secrets;
  model::result<void> ready;
  if (listed_nodes.tls) ready = network.prepare(*listed_nodes.tls);
  if (ready && listed_nodes.auth) {
    const auto value = net::authorization_value(*listed_nodes.auth, secrets);
    if (!value) ready = std::unexpected(value.error());
  }
  if (ready && list_url) ready = list_server->prepare(*list_url);
  return ready;
}

void stages::follow_lists(const fleet::fleet_options& options, const surroundings& around, const storage& kept) {
  const auto may_change = [](const fleet::named_file& file) { return !fleet::is_read_once(file.path); };
  if (!options.has_lists() && std::ranges::none_of(options.named_files, may_change)) return;
  if (options.has_lists()) listed_nodes = options.defaults;
  if (options.node_http) list_url = options.node_http->url;
  list_server.emplace(loop, time, around.network, fleet::http_list_limits());
  std::optional<fleet::list_store> store;
  if (kept.store != nullptr) store.emplace(kept.directory);
  auto told = [this, &messages = around.messages](const fleet::fleet_news& news) {
    for (const auto& line : news.lines) messages.write(line.level, line.message, line.fields);
    numbers.lists_read(news, time.wall_now());
    if (news.nodes) rounds.change_nodes(news.nodes);
  };
  fleet::fleet_watch_parts parts{loop, time, around.chance, *list_server, std::move(store), std::move(told)};
  lists.emplace(std::move(parts), options);
}

}  // namespace edge_rollup::daemon
