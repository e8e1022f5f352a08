// What both commands share is read first, then what only one of them knows.
#include "daemon/read_settings.hpp"

#include "config/settings.hpp"
#include "daemon/node_sources.hpp"
#include "wire/url.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::daemon {
namespace {

constexpr model::milliseconds one_round_interval{300'000};

model::result<config::settings> shared_settings(const polling_flags& flags) {
  config::settings asked;
  auto nodes = collect_nodes(flags);
  if (!nodes) return std::unexpected(std::move(nodes.error()));
  asked.nodes = std::move(*nodes);
  if (flags.cloud) {
    auto url = wire::parse_url(*flags.cloud);
    if (!url) return model::fail(model::error_kind::usage, "--cloud: " + url.error().text);
    asked.cloud = std::move(*url);
  }
  asked.timeout = flags.timeout;
  asked.parallel = flags.parallel;
  return asked;
}

}  // namespace

model::result<config::config> read_settings(const run_command& asked) {
  if (!asked.polling.cloud) {
    return model::fail(model::error_kind::usage, "no cloud: say with --cloud URL where rollups are delivered");
  }
  auto settings = shared_settings(asked.polling);
  if (!settings) return std::unexpected(std::move(settings.error()));
  settings->interval = asked.interval;
  settings->rounds = asked.rounds;
  return config::make_config(std::move(*settings));
}

model::result<config::config> read_settings(const once_command& asked) {
  if (!asked.polling.cloud && asked.delivery == delivery_wanted::deliver) {
    return model::fail(model::error_kind::usage,
                       "no cloud: say with --cloud URL where the rollup is delivered, or only look with --dry-run");
  }
  auto settings = shared_settings(asked.polling);
  if (!settings) return std::unexpected(std::move(settings.error()));
  // One round has no next one to run into: a long timeout is no mistake here.
  if (settings->timeout) settings->interval = std::max(*settings->timeout, one_round_interval);
  return config::make_config(std::move(*settings));
}

}  // namespace edge_rollup::daemon
