// The command line as it was typed, understood but not yet carried out.
#pragma once

#include "model/result.hpp"
#include "observe/log_options.hpp"
#include "outbox/entry_selection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace edge_rollup::daemon {

/// --log-level, --log-format, --color: understood by every command, before and after its name.
struct message_flags {
  std::optional<observe::log_level> level;    ///< unset: as the settings say
  std::optional<observe::log_format> format;  ///< likewise
  std::optional<observe::log_color> color;    ///< unset: automatic
};

/// A flag that is a short form of a key of the settings; its value is read where those of files are.
struct short_form {
  std::string flag;  ///< "--timeout"
  std::string key;   ///< "poll.timeout"
  std::string text;
};

struct settings_flags {
  std::optional<std::string> file;  ///< -c
  std::vector<std::string> sets;    ///< --set, each KEY=VALUE
  std::vector<short_form> short_forms;
};

/// What `run`, `once` and `check` share.
struct polling_flags {
  settings_flags settings;
  std::vector<std::string> nodes;       ///< NODE arguments
  std::vector<std::string> node_files;  ///< --nodes, "-" for standard input
};

struct run_command {
  message_flags messages;
  polling_flags polling;
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

enum class network_use { asked, offline };
enum class test_sending { wanted, not_wanted };

struct check_command {
  message_flags messages;
  polling_flags polling;
  network_use network = network_use::asked;
  test_sending test = test_sending::not_wanted;
  output_form form = output_form::table;
};

enum class config_text { example, effective, schema };

struct config_command {
  config_text wanted = config_text::example;
  settings_flags settings;
};

/// What the commands on the outbox share.
struct visit_flags {
  settings_flags settings;  ///< only the state directory counts
  output_form form = output_form::table;
};

/// --yes, without which nothing is done that cannot be undone.
enum class confirmation { missing, given };

struct list_rollups {};
struct show_rollup {
  std::uint64_t sequence = 0;
};
struct retry_rollups {
  outbox::entry_selection which;
};
struct drop_rollups {
  outbox::entry_selection which;
  confirmation confirmed = confirmation::missing;
};
struct export_rollups {
  std::string file;  ///< "-" for standard output
};

struct outbox_command {
  visit_flags visit;
  std::variant<list_rollups, show_rollup, retry_rollups, drop_rollups, export_rollups> action;
};

struct show_identity {};
struct new_identity {
  confirmation confirmed = confirmation::missing;
};

struct identity_command {
  visit_flags visit;
  std::variant<show_identity, new_identity> action;
};

/// Where a running daemon is found, and how it is asked.
struct daemon_flags {
  settings_flags settings;                ///< only the state directory counts
  std::optional<std::string> url;         ///< --url
  std::optional<std::string> token_file;  ///< --token-file
  output_form form = output_form::table;
};

enum class status_view { page, watch, check };

struct status_command {
  message_flags messages;
  daemon_flags daemon;
  status_view view = status_view::page;
};

struct nodes_command {
  message_flags messages;
  daemon_flags daemon;
};

enum class shell_kind { bash, zsh, fish };

/// --help, --version or a completion script: text for standard output, nothing else is done.
struct print_text {
  std::string text;
};

using command = std::variant<run_command, once_command, check_command, config_command, nodes_command, outbox_command,
                             identity_command, status_command, print_text>;

/// Errors are of kind usage, one line, with the nearest known word for one that is unknown.
[[nodiscard]] model::result<command> parse_command_line(int count, const char* const* words);

}  // namespace edge_rollup::daemon
