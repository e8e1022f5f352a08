// Scripts that let a shell complete what can be typed, made of the option tree. Pure.
#pragma once

#include "daemon/command/command_line.hpp"
#include "daemon/command/option_tree.hpp"

#include <string>

namespace edge_rollup::daemon {

/// For bash 4.4, zsh 5 or fish 3 and later: commands, flags, and the values of flags that are files, directories or
/// one of a few words. Where the shell shows meanings, it shows those of --help.
[[nodiscard]] std::string completion_script(shell_kind shell, const command_word& program);

}  // namespace edge_rollup::daemon
