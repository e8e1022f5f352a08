// What the stages reach the world through: the machine they run on, or a simulation of one.
#pragma once

#include "net/network.hpp"
#include "net/proxy_choice.hpp"
#include "observe/log.hpp"
#include "outbox/outbox.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace edge_rollup::daemon {

/// Outlives the stages.
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
  std::string gateway = {};  ///< without a store: the name that one would keep
};

}  // namespace edge_rollup::daemon
