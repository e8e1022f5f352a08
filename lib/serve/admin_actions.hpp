// What the daemon does when it is asked to over HTTP. The composition root fills it.
#pragma once

#include "model/result.hpp"
#include "runtime/async.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace edge_rollup::serve {

/// Concurrency: called on the loop; several calls of one action may be under way at once.
/// Errors:      `config`: the settings are wrong and nothing has changed; any other kind: not now. The text goes to
///              whoever asked.
struct admin_actions {
  /// Reads the settings again. Completes without waiting for the cloud, a node or the open round, with what changed, in
  /// one line.
  std::function<runtime::task<model::result<std::string>>()> reload;
  /// Begins a round now, or after the open one. Completes at once, with the round's number (counted from 1 in this
  /// process).
  std::function<runtime::task<model::result<std::uint64_t>>()> start_round;
};

}  // namespace edge_rollup::serve
