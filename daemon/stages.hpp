// The stages that `run` and `once` are built of, wired up and ready to start, in surroundings that are given.
#pragma once

#include "config/config.hpp"
#include "daemon/pipeline.hpp"
#include "daemon/telemetry.hpp"
#include "deliver/deliverer.hpp"
#include "deliver/http_sink.hpp"
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

  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  observe::metrics registry;
  telemetry numbers;
  poll::poller nodes;
  pipeline rounds;
  std::optional<net::http_connection> connection;
  std::optional<deliver::http_sink> cloud;
  std::optional<deliver::deliverer> delivery;
};

}  // namespace edge_rollup::daemon
