// The command line as it was typed, understood but not yet carried out.
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"
#include "observe/log_options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace edge_rollup::daemon {

/// --log-level, --log-format, --color: understood by every command, before and after its name.
struct message_flags {
  std::optional<observe::log_level> level;  ///< unset: info, and error for `once`, whose output says what it found
  observe::log_format format = observe::log_format::automatic;
  observe::log_color color = observe::log_color::automatic;
};

/// What `run` and `once` share.
struct polling_flags {
  std::vector<std::string> nodes;       ///< NODE arguments
  std::vector<std::string> node_files;  ///< --nodes, "-" for standard input
  std::optional<std::string> cloud;
  std::optional<model::milliseconds> timeout;
  std::optional<std::size_t> parallel;
  std::optional<std::string> state_dir;
};

struct run_command {
  message_flags messages;
  polling_flags polling;
  std::optional<model::milliseconds> interval;
  std::optional<std::uint64_t> rounds;
};

enum class delivery_wanted { deliver, dry_run };
enum class nodes_required { some, all };
enum class nodes_shown { troubled_first, all };
enum class output_form { table, json };

struct once_command {
  message_flags messages;
  polling_flags polling;
  delivery_wanted delivery = delivery_wanted::deliver;
  nodes_required required = nodes_required::some;
  nodes_shown shown = nodes_shown::troubled_first;
  output_form form = output_form::table;
};

/// --help or --version: text for standard output, nothing else is done.
struct print_text {
  std::string text;
};

using command = std::variant<run_command, once_command, print_text>;

/// Errors are of kind usage, one line, with the nearest known word for one that is unknown.
[[nodiscard]] model::result<command> parse_command_line(int count, const char* const* words);

}  // namespace edge_rollup::daemon
