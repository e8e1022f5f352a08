#include "daemon/command/command_options.hpp"

#include "daemon/command/option_words.hpp"

#include <fmt/format.h>

#include <utility>

namespace edge_rollup::daemon {
namespace {

using model::error_kind;
using model::result;

constexpr code_line done{0, "done"};
constexpr code_line wrong_usage{64, "the command line is wrong"};
constexpr code_line bad_line{65, "a bad line in a nodes file"};
constexpr code_line missing_file{66, "a file is missing"};
constexpr code_line no_daemon{69, "no daemon answers"};
constexpr code_line state_refused{73, "the state directory is refused or in use"};
constexpr code_line disk_error{74, "a disk error"};
constexpr code_line not_allowed{77, "not allowed by the system"};
constexpr code_line wrong_token{77, "the token is missing or wrong"};
constexpr code_line wrong_settings{78, "the settings are wrong"};
constexpr code_line nothing_there{66, "nothing there"};
constexpr code_line damaged_rollup{65, "a rollup is damaged"};
constexpr code_line interrupted{130, "interrupted by Ctrl-C"};

/// A command; `take` gives what was typed for it, or why that is not enough.
template <class Take>
command_word new_command(const char* name, const char* meaning, typed_words& typed, Take take) {
  command_word made{name, meaning, {help_flag()}, {}};
  made.typed = [&typed, take]() -> result<void> {
    result<command> asked = take(typed);
    if (!asked) return std::unexpected(asked.error());
    typed.asked = std::move(*asked);
    return {};
  };
  return made;
}

/// A command that is only there for those below it.
command_word new_family(const char* name, const char* meaning, typed_words& typed, std::vector<command_word> commands,
                        std::string footer) {
  command_word made{name, meaning, {help_flag()}, std::move(commands), std::move(footer)};
  add_message_flags(made, typed.messages);
  return made;
}

command_word new_run(typed_words& typed) {
  auto made = new_command("run", "ask all nodes on a timer and deliver the rollups", typed,
                          [](const typed_words& words) { return words.run; });
  auto& run = typed.run;
  auto& settings = run.polling.settings;
  add_polling_flags(made, run.polling);
  made.options.push_back(
      short_form_of("poll.interval", "--interval", settings, "TIME", "between rounds [300s]; 0s for tests"));
  made.options.push_back(short_form_of("listen", "--listen", settings, "ADDR:PORT|off",
                                       "page, API, metrics, health [off; with -c 127.0.0.1:9464]"));
  made.options.push_back(number_option("--rounds", run.rounds, "end after so many rounds, for tests"));
  add_message_flags(made, typed.messages);
  made.footer = foot_of_help(
      "  edge-rollup run -c /etc/edge-rollup/edge-rollup.yaml\n"
      "  edge-rollup run --nodes nodes.txt \\\n"
      "    --cloud https://ingest.example.com/v1/rollups\n",
      {{0, "stopped by SIGTERM or SIGINT, or the rounds are done"},
       wrong_usage,
       bad_line,
       missing_file,
       {69, "the address to listen on cannot be bound"},
       state_refused,
       disk_error,
       not_allowed,
       wrong_settings});
  return made;
}

command_word new_once(typed_words& typed) {
  auto made = new_command("once", "ask all nodes once, print and deliver the rollup", typed,
                          [](const typed_words& words) { return words.once; });
  auto& once = typed.once;
  add_polling_flags(made, once.polling);
  auto& options = made.options;
  options.push_back(switch_to("--dry-run", once.delivery, delivery_wanted::dry_run, "store and deliver nothing"));
  options.push_back(
      switch_to("--require-all", once.required, nodes_required::all, "exit 69 or 65 unless every node is ok"));
  options.push_back(switch_to("--all", once.shown, nodes_shown::all, "list every node, however many"));
  options.push_back(switch_to("--json", once.form, output_form::json, "print the rollup as JSON"));
  add_message_flags(made, typed.messages);
  made.footer = foot_of_help(
      "  edge-rollup once --dry-run http://10.0.0.5:8080\n"
      "  edge-rollup once -c edge-rollup.yaml\n"
      "Where a daemon runs on the same state directory, it is asked for a round.\n",
      {{0, "delivered, or only looked at"},
       wrong_usage,
       {65, "a bad line in a nodes file; --require-all: a bad summary"},
       missing_file,
       {69, "--require-all: a node failed; no list names a node"},
       state_refused,
       disk_error,
       {75, "not delivered, but kept"},
       not_allowed,
       wrong_settings,
       interrupted});
  return made;
}

command_word new_check(typed_words& typed) {
  auto made = new_command("check", "try the whole set-up and say what to mend", typed,
                          [](const typed_words& words) -> result<command> {
                            const auto& check = words.check;
                            if (check.network == network_use::offline && check.test == test_sending::wanted) {
                              return model::fail(error_kind::usage, "--offline and --send-test exclude each other");
                            }
                            return check;
                          });
  auto& check = typed.check;
  add_polling_flags(made, check.polling);
  auto& options = made.options;
  options.push_back(switch_to("--offline", check.network, network_use::offline, "ask neither nodes nor cloud"));
  options.push_back(
      switch_to("--send-test", check.test, test_sending::wanted, "POST a rollup marked as test to the cloud"));
  options.push_back(switch_to("--json", check.form, output_form::json, "print JSON"));
  add_message_flags(made, typed.messages);
  made.footer = foot_of_help(
      "  edge-rollup check -c /etc/edge-rollup/edge-rollup.yaml\n"
      "  edge-rollup check -c edge-rollup.yaml --send-test\n",
      {{0, "nothing found, or warnings only"},
       wrong_usage,
       bad_line,
       missing_file,
       {69, "no node answers, no cloud reached, `listen` is taken"},
       {73, "the state directory is refused"},
       {74, "no room on its disk"},
       not_allowed,
       wrong_settings,
       interrupted});
  return made;
}

command_word new_config(typed_words& typed) {
  const auto wants = [&typed](const char* name, config_text wanted, const char* meaning) {
    return new_command(name, meaning, typed, [wanted](typed_words& words) {
      words.config.wanted = wanted;
      return words.config;
    });
  };
  auto example = wants("example", config_text::example, "a file with every key explained");
  add_message_flags(example, typed.messages);
  example.footer = foot_of_help("  edge-rollup config example >edge-rollup.yaml\n", {done, wrong_usage, disk_error});
  auto show = wants("show", config_text::effective, "the values in effect, and where each is from");
  add_settings_flags(show, typed.config.settings);
  add_message_flags(show, typed.messages);
  show.footer = foot_of_help("  edge-rollup config show -c edge-rollup.yaml\n",
                             {done, wrong_usage, missing_file, disk_error, not_allowed, wrong_settings});
  auto schema = wants("schema", config_text::schema, "JSON Schema of the file, for editors");
  add_message_flags(schema, typed.messages);
  schema.footer =
      foot_of_help("  edge-rollup config schema >edge-rollup.schema.json\n", {done, wrong_usage, disk_error});
  return new_family(
      "config", "settings: a file to begin with, what is in effect", typed,
      {std::move(example), std::move(show), std::move(schema)},
      foot_of_help("  edge-rollup config example >edge-rollup.yaml\n", {done, wrong_usage, wrong_settings}));
}

/// How a command finds the state directory of the daemon.
void add_place_flags(command_word& made, settings_flags& settings) {
  add_settings_flags(made, settings);
  made.options.push_back(short_form_of("state_dir", "--state-dir", settings, "DIR", "the daemon's state directory"));
}

void add_daemon_flags(command_word& made, daemon_flags& daemon) {
  made.options.push_back(
      text_option("--url", daemon.url, "URL", "of the daemon [what it says in its state directory]"));
  add_place_flags(made, daemon.settings);
  made.options.push_back(
      text_option("--token-file", daemon.token_file, "FILE", "its listen_token [$EDGE_ROLLUP_LISTEN_TOKEN]"));
  made.options.push_back(switch_to("--json", daemon.form, output_form::json, "print the daemon's answer"));
}

option_word view_flag(const char* flag, status_view& view, status_view wanted, const char* meaning) {
  auto take = [&view, wanted](const std::string&) -> result<void> {
    if (view != status_view::page && view != wanted) {
      return model::fail(error_kind::usage, "--watch and --check exclude each other");
    }
    view = wanted;
    return {};
  };
  return {{flag}, "", meaning, std::move(take)};
}

command_word new_status(typed_words& typed) {
  auto made =
      new_command("status", "how a running daemon is", typed, [](const typed_words& words) { return words.status; });
  auto& status = typed.status;
  add_daemon_flags(made, status.daemon);
  made.options.push_back(view_flag("--watch", status.view, status_view::watch, "again every 2 s until Ctrl-C"));
  made.options.push_back(
      view_flag("--check", status.view, status_view::check, "one line and exit code 0, 1 or 2, for probes"));
  add_message_flags(made, typed.messages);
  made.footer = foot_of_help(
      "  edge-rollup status\n"
      "  edge-rollup status --check --url http://10.0.0.1:9464\n",
      {{0, "the daemon answers; --check: it is well"},
       {1, "--check: a warning"},
       {2, "--check: critical"},
       wrong_usage,
       missing_file,
       {69, "no daemon answers; --check: that, as UNKNOWN on stdout"},
       wrong_token,
       wrong_settings,
       interrupted});
  return made;
}

command_word new_nodes(typed_words& typed) {
  auto made = new_command("nodes", "the nodes of a running daemon, as of its last round", typed,
                          [](const typed_words& words) { return words.nodes; });
  add_daemon_flags(made, typed.nodes.daemon);
  add_message_flags(made, typed.messages);
  made.footer = foot_of_help(
      "  edge-rollup nodes\n"
      "  edge-rollup nodes --json --url http://10.0.0.1:9464\n",
      {done, wrong_usage, missing_file, no_daemon, wrong_token, wrong_settings, interrupted});
  return made;
}

constexpr code_line directory_refused{73, "the state directory is refused"};
constexpr std::initializer_list<code_line> visit_codes = {done,       wrong_usage, nothing_there, directory_refused,
                                                          disk_error, not_allowed, wrong_settings};
constexpr std::initializer_list<code_line> body_codes = {
    done, wrong_usage, damaged_rollup, nothing_there, directory_refused, disk_error, not_allowed, wrong_settings};

/// What can be done on a store; `action_of` says what of it was typed.
template <class Command, class ActionOf>
command_word new_action(const char* name, const char* meaning, typed_words& typed, Command typed_words::*of,
                        ActionOf action_of, std::string_view examples, std::initializer_list<code_line> codes) {
  auto made = new_command(name, meaning, typed, [of, action_of](typed_words& words) -> result<command> {
    auto action = action_of(words);
    if (!action) return std::unexpected(action.error());
    (words.*of).action = std::move(*action);
    return words.*of;
  });
  add_place_flags(made, (typed.*of).visit.settings);
  made.options.push_back(switch_to("--json", (typed.*of).visit.form, output_form::json, "print JSON"));
  add_message_flags(made, typed.messages);
  made.footer = foot_of_help(examples, codes);
  return made;
}

option_word confirmation_flag(typed_words& typed) {
  return switch_to("--yes", typed.confirmed, confirmation::given, "do it; it cannot be undone");
}

/// SEQ, SEQ-SEQ or --all-dead.
void add_selection(command_word& made, std::optional<outbox::entry_selection>& which) {
  const auto take = [&which](outbox::entry_selection chosen) -> result<void> {
    if (which) return model::fail(error_kind::usage, "SEQ and --all-dead exclude each other");
    which = chosen;
    return {};
  };
  auto take_range = [take](const std::string& text) -> result<void> {
    const auto range = outbox::parse_sequence_range(text);
    return range ? take(*range) : std::unexpected(range.error());
  };
  auto take_all_dead = [take](const std::string&) { return take(outbox::all_dead_letters{}); };
  made.options.push_back({{}, "SEQ", "one rollup, or a range as 40-45", std::move(take_range)});
  made.options.push_back({{"--all-dead"}, "", "every dead letter", std::move(take_all_dead)});
}

result<outbox::entry_selection> selected(const typed_words& words) {
  if (words.which) return *words.which;
  return model::fail(error_kind::usage, "SEQ, a range as 40-45, or --all-dead is required");
}

option_word sequence_argument(typed_words& typed) {
  auto take = [&typed](const std::string& text) -> result<void> {
    const auto one = outbox::parse_sequence_range(text);
    if (!one || one->from != one->to) {
      return model::fail(error_kind::usage, fmt::format("'{}' is not a sequence", text));
    }
    typed.sequence = one->from;
    return {};
  };
  return {{}, "SEQ", "its sequence", std::move(take), option_presence::required};
}

command_word new_outbox(typed_words& typed) {
  using action = result<decltype(outbox_command::action)>;
  const auto make = [&typed](const char* name, const char* meaning, auto action_of, std::string_view examples,
                             std::initializer_list<code_line> codes = visit_codes) {
    return new_action(name, meaning, typed, &typed_words::outbox, action_of, examples, codes);
  };
  auto list = make(
      "list", "all of them, dead letters too", [](const auto&) -> action { return list_rollups{}; },
      "  edge-rollup outbox list\n");
  auto show = make(
      "show", "one of them, body and all", [](const auto& words) -> action { return show_rollup{words.sequence}; },
      "  edge-rollup outbox show 42\n", body_codes);
  show.options.push_back(sequence_argument(typed));
  auto retry = make(
      "retry", "offer dead letters again",
      [](const auto& words) -> action {
        const auto which = selected(words);
        if (!which) return std::unexpected(which.error());
        return retry_rollups{*which};
      },
      "  edge-rollup outbox retry --all-dead\n");
  add_selection(retry, typed.which);
  auto drop = make(
      "drop", "discard for ever, and tell the cloud of the loss",
      [](const auto& words) -> action {
        const auto which = selected(words);
        if (!which) return std::unexpected(which.error());
        return drop_rollups{*which, words.confirmed};
      },
      "  edge-rollup outbox drop 40-45 --yes\n");
  add_selection(drop, typed.which);
  drop.options.push_back(confirmation_flag(typed));
  auto copy = make(
      "export", "write them as JSON lines", [](const auto& words) -> action { return export_rollups{*words.file}; },
      "  edge-rollup outbox export rollups.jsonl\n", body_codes);
  auto file = text_option("", typed.file, "FILE", "a new file; - is stdout");
  file.names.clear();
  file.presence = option_presence::required;
  copy.options.push_back(std::move(file));
  return new_family("outbox", "look after the rollups that wait for the cloud", typed,
                    {std::move(list), std::move(show), std::move(retry), std::move(drop), std::move(copy)},
                    foot_of_help("  edge-rollup outbox list\n", body_codes));
}

command_word new_identity_family(typed_words& typed) {
  using action = result<decltype(identity_command::action)>;
  auto show = new_action(
      "show", "what names the rollups of this outbox", typed, &typed_words::identity,
      [](const auto&) -> action { return show_identity{}; }, "  edge-rollup identity show\n", visit_codes);
  auto renew = new_action(
      "new", "begin a new stream, as on a cloned disk", typed, &typed_words::identity,
      [](const auto& words) -> action { return new_identity{words.confirmed}; }, "  edge-rollup identity new --yes\n",
      visit_codes);
  renew.options.push_back(confirmation_flag(typed));
  return new_family("identity", "the stream that the rollups are numbered in", typed,
                    {std::move(show), std::move(renew)}, foot_of_help("  edge-rollup identity show\n", visit_codes));
}

command_word new_completion(typed_words& typed) {
  const auto script_for = [&typed](const char* name, shell_kind shell, std::string_view example) {
    command_word made{name, fmt::format("for {}", name), {help_flag()}, {}};
    add_message_flags(made, typed.messages);
    made.typed = [&typed, shell]() -> result<void> {
      typed.shell = shell;
      return {};
    };
    made.footer = foot_of_help(example, {done, wrong_usage, disk_error});
    return made;
  };
  return new_family("completion", "a script that lets a shell complete commands and flags", typed,
                    {script_for("bash", shell_kind::bash,
                                "  edge-rollup completion bash \\\n"
                                "    >/usr/share/bash-completion/completions/edge-rollup\n"),
                     script_for("zsh", shell_kind::zsh,
                                "  edge-rollup completion zsh >/usr/share/zsh/vendor-completions/_edge-rollup\n"),
                     script_for("fish", shell_kind::fish,
                                "  edge-rollup completion fish \\\n"
                                "    >/usr/share/fish/vendor_completions.d/edge-rollup.fish\n")},
                    foot_of_help("  . <(edge-rollup completion bash)\n", {done, wrong_usage, disk_error}));
}

}  // namespace

command_word all_commands(typed_words& typed) {
  command_word program{"edge-rollup",
                       "Asks edge nodes for their summaries, adds them up, and delivers the rollups.",
                       {help_flag(), {{"--version"}, "", "print the version"}},
                       {new_run(typed), new_once(typed), new_check(typed), new_config(typed), new_status(typed),
                        new_nodes(typed), new_outbox(typed), new_identity_family(typed), new_completion(typed)}};
  add_message_flags(program, typed.messages);
  program.footer = foot_of_help(
      "  edge-rollup once --dry-run http://10.0.0.5:8080\n"
      "  edge-rollup config example >edge-rollup.yaml\n"
      "  edge-rollup check -c edge-rollup.yaml\n"
      "edge-rollup COMMAND --help tells of its flags and exit codes.\n",
      {done, wrong_usage, {78, "the settings are wrong; others as in sysexits(3)"}});
  return program;
}

}  // namespace edge_rollup::daemon
