// The composition root: builds the stages, lets them run, and takes them down in order.
#pragma once

#include "config/config.hpp"
#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"
#include "observe/log.hpp"
#include "observe/output_log.hpp"

namespace edge_rollup::daemon {

struct ending {
  exit_code code = exit_code::ok;
  /// Settings or lists may be read still, by a thread that was abandoned: static objects must not be destroyed under
  /// it.
  bool left_thread = false;
};

/// `edge-rollup run`: returns when stopped by SIGTERM or SIGINT, or after the number of rounds that was asked for.
/// SIGHUP makes it read `asked` for settings again.
[[nodiscard]] model::result<ending> run(const run_command& asked, const config::config& settings,
                                        observe::output_log& messages);

/// `edge-rollup once`: one round, printed on standard output and delivered.
[[nodiscard]] model::result<ending> once(const once_command& asked, const config::config& settings,
                                         observe::log& messages);

}  // namespace edge_rollup::daemon
