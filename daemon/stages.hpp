// The stages that `run` and `once` are built of, wired up and ready to start, in surroundings that are given.
#pragma once

#include "config/config.hpp"
#include "daemon/pipeline.hpp"
#include "daemon/telemetry.hpp"
#include "deliver/deliverer.hpp"
#include "deliver/http_sink.hpp"
#include "fleet/fleet_watch.hpp"
#include "net/http_connection.hpp"
#include "net/network.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "outbox/outbox.hpp"
#include "poll/poller.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace edge_rollup::daemon {

/// What the stages reach the world through: the machine they run on, or a simulation of one. Outlives them.
struct surroundings {
  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  runtime::entropy& chance;
  net::network& network;
  observe::log& messages;
  std::string host_name;
  std::size_t descriptors_for_nodes = 0;
  net::proxy_environment proxies = {};
};

/// Where rollups are kept. Outlives the stages.
struct storage {
  outbox::outbox* store = nullptr;  ///< none in a dry run: nothing is kept or delivered
  std::filesystem::path directory = "/";
};

/// Operation:   members are built in order and go in the reverse order.
/// Concurrency: the thread that runs the loop.
struct stages {
  stages(const config::config& settings, const surroundings& around, storage kept);
  stages(const stages&) = delete;  // the stages know each other by address
  stages& operator=(const stages&) = delete;

  /// Reads the files that peers are reached with, so that what is wrong with them is told before the first round.
  [[nodiscard]] model::result<void> prepare();

  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  net::network& network;
  observe::metrics registry;
  telemetry numbers;
  std::optional<net::http_connection> list_server;
  std::optional<model::url> list_url;
  fleet::node_defaults listed_nodes;        ///< what nodes of lists are reached with; nothing where there are none
  std::optional<fleet::fleet_watch> lists;  ///< where there are lists to follow
  poll::poller nodes;
  pipeline rounds;
  std::optional<model::url> cloud_url;
  model::milliseconds spread{0};  ///< of the first offer of a round on the clock
  model::result<std::optional<net::http_proxy>> proxy;
  std::optional<net::http_connection> connection;
  std::optional<deliver::http_sink> cloud;
  std::optional<deliver::deliverer> delivery;

 private:
  stages(const config::config& settings, const surroundings& around, storage kept, const node_list& known_nodes);
  [[nodiscard]] model::result<void> prepare_lists();
  void follow_lists(const fleet::fleet_options& options, const surroundings& around, const storage& kept);
};

}  // namespace edge_rollup::daemon
