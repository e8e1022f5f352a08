#include "daemon/stages.hpp"

#include "deliver/spread.hpp"
#include "fleet/make_nodes.hpp"
#include "fleet/node_changes.hpp"
#include "model/invariant.hpp"
#include "net/authorization.hpp"
#include "runtime/secret_files.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {
namespace {

pipeline_parts parts_of(stages& all, const surroundings& around, const storage& kept) {
  // Only rounds on the clock are the same moment for every gateway.
  auto tell_delivery = [&all](model::round_trigger why) {
    const auto after = why == model::round_trigger::timer ? all.spread : model::milliseconds::zero();
    if (all.delivery) all.delivery->notify(after);
  };
  auto hand_on = [&all](finished_round round) {
    if (all.round_ended) all.round_ended(std::move(round));
    if (all.changed) all.changed();
  };
  return {around.time, around.chance, around.messages,          all.numbers,
          all.nodes,   kept.store,    std::move(tell_delivery), std::move(hand_on)};
}

/// Null where a list must be read before it is known which nodes there are.
node_list nodes_at_start(const fleet::fleet_options& options) {
  if (options.has_lists()) return nullptr;
  auto nodes = fleet::static_nodes(options);
  EDGE_ROLLUP_INVARIANT(nodes.has_value());  // checked with the settings
  return std::make_shared<const std::vector<model::node>>(std::move(*nodes));
}

std::string gateway_of(const storage& kept) {
  return kept.store != nullptr ? kept.store->at_a_glance().gateway : kept.gateway;
}

/// The other keys of the section say how often and when, not whereto.
bool leads_to_cloud(const config::change& changed) {
  return changed.key.starts_with("cloud.") && !changed.key.starts_with("cloud.retry.") && changed.key != "cloud.spread";
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
      rounds(parts_of(*this, around, kept), settings, known_nodes, gateway_of(kept), kept.directory),
      around_(around),
      kept_(std::move(kept)) {
  follow(lists_of(settings.fleet, known_nodes));
  numbers.rounds_come_every(settings.poll.interval);
  if (kept_.store == nullptr) return;
  numbers.outbox_changed(kept_.store->at_a_glance());
  if (!settings.cloud) return;
  spread = spread_of(settings);
  cloud_ = std::make_shared<cloud_way>(*settings.cloud, around_);
  auto tried = [this](const deliver::delivery_try& ended, const deliver::delivery_state& state) {
    numbers.try_ended(ended, state, time.wall_now());
    numbers.outbox_changed(kept_.store->at_a_glance());
    if (try_ended) try_ended(ended);
    if (changed) changed();
  };
  deliver::deliverer_parts parts{
      time, around.chance, around.messages, *kept_.store, cloud_way::sink_of(cloud_), std::move(tried)};
  delivery.emplace(std::move(parts), settings.deliver, cloud_->trust());
}

model::result<void> stages::prepare() {
  auto ready = nodes.prepare();
  if (ready && followed_) ready = followed_->prepare(network);
  if (ready && cloud_) ready = cloud_->prepare();
  return ready;
}

model::result<void> stages::take_on(const settings_change& change) {
  auto parts = build_aside(change);
  if (!parts) return std::unexpected(std::move(parts.error()));
  put_in_place(std::move(*parts), change.after);
  return {};
}

model::result<stages::new_parts> stages::build_aside(const settings_change& change) {
  new_parts made;
  model::result<void> ready;
  if (std::ranges::any_of(change.keys, leads_to_cloud)) {
    made.cloud = std::make_shared<cloud_way>(*change.after.cloud, around_);
    ready = made.cloud->prepare();
  }
  made.other_fleet = change.before.fleet != change.after.fleet;
  if (ready && made.other_fleet) {
    made.nodes = nodes_at_start(change.after.fleet);
    made.lists = lists_of(change.after.fleet, made.nodes);
    if (made.nodes) ready = check_reach(*made.nodes);
    if (ready && made.lists) ready = made.lists->prepare(network);
  }
  if (!ready) return std::unexpected(std::move(ready.error()));
  return made;
}

/// Nodes that are configured alike stand together.
model::result<void> stages::check_reach(const std::vector<model::node>& asked) {
  runtime::secret_files secrets;
  const model::tls_options* last_tls = nullptr;
  const model::credentials* last_auth = nullptr;
  for (const model::node& node : asked) {
    if (node.tls && node.base.scheme == model::url_scheme::https &&
        std::exchange(last_tls, node.tls.get()) != last_tls) {
      if (auto ready = network.prepare(*node.tls); !ready) return ready;
    }
    if (node.auth && std::exchange(last_auth, node.auth.get()) != last_auth) {
      if (auto value = net::authorization_value(*node.auth, secrets); !value) return std::unexpected(value.error());
    }
  }
  return {};
}

/// Nothing in here fails.
void stages::put_in_place(new_parts parts, const config::config& settings) {
  rounds.change_settings(settings);
  spread = spread_of(settings);
  delivery->change_options(settings.deliver);
  if (parts.cloud) {
    cloud_ = std::move(parts.cloud);
    delivery->change_cloud(cloud_way::sink_of(cloud_), cloud_->trust());
  }
  if (!parts.other_fleet) return;
  if (lists) lists->stop();
  follow(std::move(parts.lists));
  if (!parts.nodes) return;
  tell_changes(*parts.nodes);
  rounds.change_nodes(std::move(parts.nodes));
}

model::milliseconds stages::spread_of(const config::config& settings) const {
  return deliver::spread_offset(kept_.store->at_a_glance().stream, settings.cloud->spread, settings.poll.interval);
}

/// Null where there are none to follow.
std::shared_ptr<followed_lists> stages::lists_of(const fleet::fleet_options& options, node_list known) {
  if (!followed_lists::are_needed(options)) return nullptr;
  auto told = [this](const fleet::fleet_news& news) {
    for (const auto& line : news.lines) around_.messages.write(line.level, line.message, line.fields);
    numbers.lists_read(news, time.wall_now());
    if (!news.nodes) return;
    // The first fleet of lists that a reload brought does not know the one before it.
    if (news.changes.none()) tell_changes(*news.nodes);
    rounds.change_nodes(news.nodes);
  };
  return std::make_shared<followed_lists>(options, std::move(known), around_, kept_, std::move(told));
}

void stages::follow(std::shared_ptr<followed_lists> wanted) {
  followed_ = std::move(wanted);
  lists = followed_ ? followed_lists::watch_of(followed_) : nullptr;
}

void stages::tell_changes(const std::vector<model::node>& fleet) {
  if (!rounds.nodes()) return;
  const auto changes = fleet::compare(*rounds.nodes(), fleet);
  if (changes.none()) return;
  const auto line = fleet::line_of(changes);
  around_.messages.write(line.level, line.message, line.fields);
}

}  // namespace edge_rollup::daemon
