// The commands and flags that are understood, as plain values: the parser and the completions are made of them.
#pragma once

#include "model/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

enum class option_presence { optional, required };
enum class option_repetition { once, many };

struct option_word {
  std::vector<std::string> names;  ///< "-c", "--config"; empty for what is typed without a name, as NODE
  std::string value;               ///< "FILE", "debug|info|warn|error"; empty for a flag that takes none
  std::string meaning;
  /// Takes each value that was typed, "" of a flag. Empty for what the parser itself answers (--help).
  std::function<model::result<void>(const std::string&)> take = {};
  option_presence presence = option_presence::optional;
  option_repetition repetition = option_repetition::once;
  std::string group = "Options";
};

struct command_word {
  std::string name;
  std::string meaning;
  std::vector<option_word> options;
  std::vector<command_word> commands;  ///< where there are any, one of them must be typed
  std::string footer = {};             ///< of the help: examples and exit codes
  /// Called once all that was typed for it has been taken.
  std::function<model::result<void>()> typed = {};
};

}  // namespace edge_rollup::daemon
