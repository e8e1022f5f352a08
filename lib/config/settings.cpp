// Rules that need more than one setting stand here; what a single value may be is checked where it is read.
#include "config/settings.hpp"

#include "config/duration.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace edge_rollup::config {
namespace {

using model::error_kind;
using model::milliseconds;

constexpr milliseconds default_interval{300'000};
constexpr milliseconds default_timeout{5'000};
constexpr milliseconds keep_alive_up_to{60'000};
constexpr milliseconds breaker_below{60'000};
constexpr std::string_view default_path = "/data/summary";

model::result<poll::poll_options> poll_options_of(const settings& asked) {
  poll::poll_options options;
  options.interval = asked.interval.value_or(default_interval);
  options.parallel = asked.parallel.value_or(options.parallel);
  options.keep_alive = options.interval <= keep_alive_up_to;
  options.breaker = options.interval < breaker_below && options.interval != milliseconds::zero();
  if (options.interval != milliseconds::zero() && options.interval < min_interval) {
    return model::fail(error_kind::usage,
                       fmt::format("the interval {} is too short: at least {}, or 0s to run rounds back to back",
                                   to_string(options.interval), to_string(min_interval)));
  }
  if (options.parallel < 1 || options.parallel > max_parallel) {
    return model::fail(error_kind::usage,
                       fmt::format("parallel is {}: it must be in 1..{}", options.parallel, max_parallel));
  }
  return options;
}

model::result<milliseconds> timeout_of(const settings& asked, milliseconds interval) {
  const bool back_to_back = interval == milliseconds::zero();
  if (!asked.timeout) return back_to_back ? default_timeout : std::min(default_timeout, interval);
  if (*asked.timeout <= milliseconds::zero()) {
    return model::fail(error_kind::usage, "a timeout of 0s lets no node answer: give it some time, as in 5s");
  }
  if (!back_to_back && *asked.timeout > interval) {
    return model::fail(
        error_kind::usage,
        fmt::format("the timeout {} is above the interval {}: rounds would run into each other; shorten the "
                    "timeout or lengthen the interval",
                    to_string(*asked.timeout), to_string(interval)));
  }
  return *asked.timeout;
}

/// Every node once, under a name of its own.
model::result<std::vector<model::node>> nodes_of(std::vector<node_setting> listed, milliseconds timeout) {
  if (listed.empty())
    return model::fail(error_kind::usage, "no nodes: name at least one, or give a list with --nodes FILE");
  if (listed.size() > max_nodes) {
    return model::fail(error_kind::usage, fmt::format("{} nodes are too many: at most {}", listed.size(), max_nodes));
  }
  std::vector<model::node> nodes;
  nodes.reserve(listed.size());
  std::unordered_map<std::string, const node_setting*> by_target;
  std::unordered_map<std::string, const node_setting*> by_name;
  for (node_setting& each : listed) {
    model::node node;
    node.url = wire::to_string(each.url);
    node.name = wire::default_node_name(each.url);
    node.path = each.path.value_or(std::string(default_path));
    node.labels = std::move(each.labels);
    node.timeout = timeout;
    node.base = each.url;
    const auto [twin, is_new] = by_target.emplace(node.url, &each);
    const auto kind = each.origin == node_origin::file ? error_kind::bad_data : error_kind::usage;
    if (!is_new) {
      return model::fail(
          kind, fmt::format("{} is listed twice: {} and {}; remove one", node.url, twin->second->place, each.place));
    }
    const auto [namesake, name_is_new] = by_name.emplace(node.name, &each);
    if (!name_is_new) {
      return model::fail(kind, fmt::format("two nodes would both be called {}: {} and {}; remove one", node.name,
                                           namesake->second->place, each.place));
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace

model::result<config> make_config(settings asked) {
  auto poll = poll_options_of(asked);
  if (!poll) return std::unexpected(std::move(poll.error()));
  const auto timeout = timeout_of(asked, poll->interval);
  if (!timeout) return std::unexpected(timeout.error());
  auto nodes = nodes_of(std::move(asked.nodes), *timeout);
  if (!nodes) return std::unexpected(std::move(nodes.error()));

  config made;
  made.nodes = std::make_shared<const std::vector<model::node>>(std::move(*nodes));
  made.poll = *poll;
  if (asked.cloud) {
    made.cloud.emplace();
    made.cloud->url = std::move(*asked.cloud);
  }
  made.rounds = asked.rounds;
  return made;
}

}  // namespace edge_rollup::config
