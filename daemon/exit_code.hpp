// What the process tells whoever started it: the codes of sysexits(3) where they fit.
#pragma once

#include "model/result.hpp"

namespace edge_rollup::daemon {

enum class exit_code : int {
  ok = 0,
  warning = 1,       ///< status --check, as probes of monitoring systems answer
  critical = 2,      ///< likewise
  usage = 64,        ///< command line, flag value, NODE
  bad_data = 65,     ///< bad line in a nodes file; --require-all and a summary was bad
  no_input = 66,     ///< a named file is missing
  unavailable = 69,  ///< --require-all and a node failed; no daemon answers; a check reached no node or no cloud
  bug = 70,
  state = 73,  ///< state directory refused or in use
  disk = 74,
  not_delivered = 75,  ///< kept in the outbox, delivered later
  permission = 77,
  config = 78,
  interrupted = 130,  ///< Ctrl-C in a one-shot command
};

[[nodiscard]] constexpr exit_code exit_code_of(model::error_kind kind) noexcept {
  switch (kind) {
    case model::error_kind::usage: return exit_code::usage;
    case model::error_kind::bad_data: return exit_code::bad_data;
    case model::error_kind::no_input: return exit_code::no_input;
    case model::error_kind::unavailable: return exit_code::unavailable;
    case model::error_kind::internal: return exit_code::bug;
    case model::error_kind::state: return exit_code::state;
    case model::error_kind::disk: return exit_code::disk;
    case model::error_kind::permission: return exit_code::permission;
    case model::error_kind::config: return exit_code::config;
  }
  return exit_code::bug;
}

}  // namespace edge_rollup::daemon
