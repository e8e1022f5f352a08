#include "daemon/stages.hpp"

#include <utility>

namespace edge_rollup::daemon {
namespace {

net::http_limits limits_of(const deliver::cloud_options& cloud) {
  net::http_limits limits;
  limits.progress_timeout = cloud.timeout;
  limits.total_timeout = cloud.total_timeout;
  return limits;
}

pipeline_parts parts_of(stages& all, const surroundings& around, const storage& kept) {
  auto tell_delivery = [&all] {
    if (all.delivery) all.delivery->notify();
  };
  return {around.time, around.chance, around.messages, all.numbers, all.nodes, kept.store, std::move(tell_delivery)};
}

std::string gateway_of(const surroundings& around, const storage& kept) {
  return kept.store != nullptr ? kept.store->at_a_glance().gateway : around.host_name;
}

}  // namespace

stages::stages(const config::config& settings, const surroundings& around, storage kept)
    : loop(around.loop),
      time(around.time),
      numbers(registry),
      nodes(loop, time, around.network, settings.poll, around.descriptors_for_nodes, settings.nodes),
      rounds(parts_of(*this, around, kept), settings, gateway_of(around, kept), kept.directory) {
  if (kept.store != nullptr) numbers.outbox_changed(kept.store->at_a_glance());
  if (kept.store == nullptr || !settings.cloud) return;
  connection.emplace(loop, time, around.network, limits_of(*settings.cloud));
  cloud.emplace(*connection, time, settings.cloud->url);
  auto tried = [this, store = kept.store](const deliver::delivery_try& ended, const deliver::delivery_state& state) {
    numbers.try_ended(ended, state, time.wall_now());
    numbers.outbox_changed(store->at_a_glance());
  };
  deliver::deliverer_parts parts{time, around.chance, around.messages, *kept.store, *cloud, std::move(tried)};
  delivery.emplace(std::move(parts), settings.deliver, deliver::trust_in(settings.cloud->url));
}

}  // namespace edge_rollup::daemon
