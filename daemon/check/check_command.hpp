// `edge-rollup check`: tries everything that the daemon will need, and says what to mend.
#pragma once

#include "config/config.hpp"
#include "config/secret_notes.hpp"
#include "daemon/command/command_line.hpp"
#include "daemon/exit_code.hpp"
#include "model/result.hpp"
#include "observe/log.hpp"

namespace edge_rollup::daemon {

/// Changes nothing on this machine. Nodes are asked once, as `once` asks them; the cloud is connected to, and sent
/// something only where that is asked for. `noticed` came of reading the settings. Errors: those of stages::prepare and
/// cloud_way::prepare.
[[nodiscard]] model::result<exit_code> check(const check_command& asked, const config::config& settings,
                                             const config::secret_notes& noticed, observe::log& messages);

/// What a check says where the settings cannot be read: a finding for who asked for JSON, the error itself for others.
[[nodiscard]] model::result<exit_code> tell_unread(const check_command& asked, const model::error& why);

}  // namespace edge_rollup::daemon
