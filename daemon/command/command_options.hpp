// All commands with their flags, and where what is typed for them goes.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/command/option_tree.hpp"
#include "outbox/entry_selection.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::daemon {

/// What is typed goes here while it is parsed. `asked` is the whole at the end.
struct typed_words {
  message_flags messages;
  run_command run;
  once_command once;
  check_command check;
  config_command config;
  status_command status;
  nodes_command nodes;
  outbox_command outbox;
  identity_command identity;
  std::optional<shell_kind> shell;  ///< a completion script is asked for
  std::uint64_t sequence = 0;
  std::optional<outbox::entry_selection> which;
  confirmation confirmed = confirmation::missing;
  std::optional<std::string> file;
  command asked;
};

/// The whole program. `typed` outlives it.
[[nodiscard]] command_word all_commands(typed_words& typed);

}  // namespace edge_rollup::daemon
