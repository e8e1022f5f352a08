// From settings to the options of the stages: what is automatic is decided, and what only shows in the whole is
// checked.
#pragma once

#include "config/config.hpp"
#include "config/layers.hpp"
#include "fleet/fleet_options.hpp"
#include "model/result.hpp"

#include <cstdint>
#include <optional>

namespace edge_rollup::config {

/// With intervals up to this, connections to nodes are held open (poll.keep_alive: auto) ...
inline constexpr model::milliseconds keep_alive_up_to{60'000};
/// ... and below this, nodes that keep failing are only probed (poll.breaker: auto).
inline constexpr model::milliseconds breaker_below{60'000};
/// Shortest interval on the clock; zero, which runs rounds back to back, is apart from that.
inline constexpr model::milliseconds min_interval{100};

/// What the settings are for, and so what they may not lack.
enum class purpose {
  run,      ///< nodes and a cloud
  once,     ///< likewise; one round has no next one that it could run into
  dry_run,  ///< nodes
  show,     ///< nothing
};

struct request {
  purpose for_what = purpose::run;
  fleet::fleet_options named;  ///< on the command line; if there are any, the lists in the settings do not count
  std::optional<std::uint64_t> rounds;  ///< end after so many
};

/// An unset poll.timeout becomes the lesser of its default and the interval, in `from` too.
/// Errors: all mistakes found in `from` and here, see mistakes::as_error; those of fleet::static_nodes.
[[nodiscard]] model::result<config> make_config(layers& from, request asked);

}  // namespace edge_rollup::config
