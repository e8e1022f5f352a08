// The machine the daemon runs on: its loop, clock, chance and network, and the store in its state directory.
#pragma once

#include "daemon/stages.hpp"
#include "model/result.hpp"
#include "net/system_network.hpp"
#include "observe/log.hpp"
#include "outbox/sqlite_outbox.hpp"
#include "outbox/state_directory.hpp"
#include "runtime/system_clock.hpp"
#include "runtime/system_entropy.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace edge_rollup::daemon {

/// Concurrency: the thread that runs `loop`, which is whoever owns the machine.
struct machine {
  explicit machine(observe::log& messages) : network(loop.get_executor(), time, messages) {}

  /// `admin_connections` of the descriptors are kept for those who ask the daemon.
  [[nodiscard]] surroundings around(observe::log& messages, std::size_t admin_connections = 0);

  boost::asio::io_context loop{1};
  runtime::system_clock time{loop.get_executor()};
  runtime::system_entropy chance;
  net::system_network network;
};

/// How many may ask the daemon at once: as many as its server takes, but no more than a share of few descriptors.
[[nodiscard]] std::size_t admin_connections();

/// The state directory, claimed, and the store in it.
struct keeping {
  [[nodiscard]] storage place() const { return {store.get(), directory.path()}; }

  outbox::state_directory directory;
  std::unique_ptr<outbox::sqlite_outbox> store;
};

/// What names this box where the settings do not: the name that its store keeps, or the host's where there is none.
[[nodiscard]] std::string kept_gateway(const config::config& settings);

/// Where the state directory should be. `asked` is --state-dir.
[[nodiscard]] model::result<std::filesystem::path> wanted_state_directory(const std::optional<std::string>& asked);

/// Prepares the state directory and opens the store in it. `here` and `messages` outlive the store.
[[nodiscard]] model::result<keeping> open_store(const config::config& settings, machine& here, observe::log& messages);

}  // namespace edge_rollup::daemon
