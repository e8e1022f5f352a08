// Everything that `run` and `once` are built of, wired up and ready to start.
#pragma once

#include "config/config.hpp"
#include "daemon/pipeline.hpp"
#include "daemon/telemetry.hpp"
#include "deliver/deliverer.hpp"
#include "deliver/http_sink.hpp"
#include "model/result.hpp"
#include "net/http_connection.hpp"
#include "net/system_network.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "outbox/sqlite_outbox.hpp"
#include "outbox/state_directory.hpp"
#include "poll/poller.hpp"
#include "runtime/system_clock.hpp"
#include "runtime/system_entropy.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>

namespace edge_rollup::daemon {

/// The part of the stages that writes to disk and talks to the cloud; a dry run has none.
struct keeping {
  outbox::state_directory directory;
  std::unique_ptr<outbox::sqlite_outbox> store;
};

/// Prepares the state directory and opens the store in it. `asked` is --state-dir.
[[nodiscard]] model::result<keeping> open_store(const std::optional<std::string>& asked, runtime::entropy& chance);

/// The name of this machine.
[[nodiscard]] std::string host_name();

/// Operation:   members are built in order and go in the reverse order; `loop` is run by whoever owns the stages.
/// Concurrency: the thread that runs `loop`.
struct stages {
  /// `kept` outlives the stages; null for a dry run.
  stages(const config::config& settings, keeping* kept, observe::log& messages);

  boost::asio::io_context loop{1};
  runtime::system_clock time;
  runtime::system_entropy chance;
  observe::metrics registry;
  telemetry numbers;
  net::system_network network;
  poll::poller nodes;
  pipeline rounds;
  std::optional<net::http_connection> connection;
  std::optional<deliver::http_sink> cloud;
  std::optional<deliver::deliverer> delivery;
};

}  // namespace edge_rollup::daemon
