// The only file of the daemon that sees CLI11, which is slow to compile.
#include "daemon/command_line.hpp"

#include "config/suggestion.hpp"
#include "outbox/entry_selection.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t help_column = 24;

constexpr std::array level_words = {
    std::pair{"debug", observe::log_level::debug}, std::pair{"info", observe::log_level::info},
    std::pair{"warn", observe::log_level::warn}, std::pair{"error", observe::log_level::error}};
constexpr std::array format_words = {
    std::pair{"auto", observe::log_format::automatic}, std::pair{"text", observe::log_format::text},
    std::pair{"json", observe::log_format::json}, std::pair{"journald", observe::log_format::journald}};
constexpr std::array color_words = {std::pair{"auto", observe::log_color::automatic},
                                    std::pair{"always", observe::log_color::always},
                                    std::pair{"never", observe::log_color::never}};

/// A flag whose value is one of a few words.
template <class Words, class Value>
void add_choice(CLI::App& program, const char* flag, const Words& words, Value& value, const std::string& meaning) {
  std::string names;
  for (const auto& [word, meant] : words) names += fmt::format("{}{}", names.empty() ? "" : "|", word);
  const auto take = [&words, &value, names, flag](const std::string& text) {
    std::vector<std::string> known;
    for (const auto& [word, meant] : words) {
      if (text == word) {
        value = meant;
        return;
      }
      known.emplace_back(word);
    }
    throw CLI::ValidationError(flag,
                               fmt::format("'{}' is none of {}{}", text, names, config::did_you_mean(text, known)));
  };
  program.add_option_function<std::string>(flag, take, meaning)->type_name(names);
}

/// A flag that is a short form of a key.
void add_short_form(CLI::App& program, const char* flag, const char* key, settings_flags& settings, const char* type,
                    const std::string& meaning) {
  const auto take = [flag, key, &settings](const std::string& text) {
    settings.short_forms.push_back({flag, key, text});
  };
  program.add_option_function<std::string>(flag, take, meaning)->type_name(type);
}

void add_settings_flags(CLI::App& program, settings_flags& settings) {
  const auto take = [&settings](const std::string& path) { settings.file = path; };
  program.add_option_function<std::string>("-c,--config", take, "settings, YAML")->type_name("FILE");
  program.add_option("--set", settings.sets, "any key of the settings, again and again")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

template <class Number>
void add_number(CLI::App& program, const char* flag, std::optional<Number>& value, const std::string& meaning) {
  const auto take = [&value, flag](const std::string& text) {
    Number number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() || number == 0) {
      throw CLI::ValidationError(flag, fmt::format("'{}' is not a whole number above 0", text));
    }
    value = number;
  };
  program.add_option_function<std::string>(flag, take, meaning)->type_name("N");
}

void add_text(CLI::App& program, const char* flag, std::optional<std::string>& value, const char* type,
              const std::string& meaning) {
  const auto take = [&value](const std::string& text) { value = text; };
  program.add_option_function<std::string>(flag, take, meaning)->type_name(type);
}

void add_message_flags(CLI::App& program, message_flags& flags) {
  add_choice(program, "--log-level", level_words, flags.level, "messages from this level on [info, once: error]");
  add_choice(program, "--log-format", format_words, flags.format, "how messages look [auto]");
  add_choice(program, "--color", color_words, flags.color, "colour in messages [auto]");
}

void add_polling_flags(CLI::App& program, polling_flags& flags) {
  add_settings_flags(program, flags.settings);
  program.add_option("NODE", flags.nodes, "URLs of nodes to ask")->type_name("");
  program.add_option("--nodes", flags.node_files, "URLs, one a line, or file_sd JSON; - is stdin")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  const auto add = [&program, &flags](const char* flag, const char* key, const char* type, const char* meaning) {
    add_short_form(program, flag, key, flags.settings, type, meaning);
  };
  add("--cloud", "cloud.url", "URL", "where rollups are POSTed");
  add("--timeout", "poll.timeout", "TIME", "for each node [5s or the interval]");
  add("--parallel", "poll.parallel", "N", "polls in flight [1024]");
  add("--state-dir", "state_dir", "DIR", "where rollups wait for the cloud");
}

CLI::App& add_run(CLI::App& program, run_command& run, message_flags& messages) {
  CLI::App& added = *program.add_subcommand("run", "ask all nodes on a timer and deliver the rollups");
  add_polling_flags(added, run.polling);
  add_short_form(added, "--interval", "poll.interval", run.polling.settings, "TIME",
                 "between rounds [300s]; 0s for tests");
  add_short_form(added, "--listen", "listen", run.polling.settings, "off", "nothing is served yet [off]");
  add_number(added, "--rounds", run.rounds, "end after so many rounds, for tests");
  add_message_flags(added, messages);
  added.footer(
      "Example:\n  edge-rollup run --nodes /etc/edge-rollup/nodes \\\n"
      "    --cloud https://ingest.example.com/v1/rollups");
  return added;
}

CLI::App& add_once(CLI::App& program, once_command& once, message_flags& messages) {
  CLI::App& added = *program.add_subcommand("once", "ask all nodes once, print and deliver the rollup");
  add_polling_flags(added, once.polling);
  const auto flag = [&added](const char* name, auto& value, auto set, const char* meaning) {
    added.add_flag_callback(
        name, [&value, set] { value = set; }, meaning);
  };
  flag("--dry-run", once.delivery, delivery_wanted::dry_run, "store and deliver nothing");
  flag("--require-all", once.required, nodes_required::all, "exit 69 or 65 unless every node is ok");
  flag("--all", once.shown, nodes_shown::all, "list every node, however many");
  flag("--json", once.form, output_form::json, "print the rollup as JSON");
  add_message_flags(added, messages);
  added.footer("Example:\n  edge-rollup once --dry-run http://10.0.0.5:8080");
  return added;
}

CLI::App& add_config(CLI::App& program, config_command& typed) {
  CLI::App& family = *program.add_subcommand("config", "settings: a file to begin with, what is in effect");
  family.require_subcommand(1);
  const auto add = [&family, &typed](const char* name, config_text wanted, const char* meaning) -> CLI::App& {
    CLI::App& added = *family.add_subcommand(name, meaning);
    added.callback([&typed, wanted] { typed.wanted = wanted; });
    return added;
  };
  add("example", config_text::example, "a file with every key explained");
  CLI::App& show = add("show", config_text::effective, "the values in effect, and where each is from");
  add_settings_flags(show, typed.settings);
  add("schema", config_text::schema, "JSON Schema of the file, for editors");
  family.footer("Example:\n  edge-rollup config example >edge-rollup.yaml");
  return family;
}

void add_visit_flags(CLI::App& program, visit_flags& flags) {
  add_text(program, "--state-dir", flags.state_dir, "DIR", "the daemon's state directory");
  const auto json = [&flags] { flags.form = output_form::json; };
  program.add_flag_callback("--json", json, "print JSON");
  add_message_flags(program, flags.messages);
}

void add_confirmation(CLI::App& program, confirmation& confirmed) {
  const auto given = [&confirmed] { confirmed = confirmation::given; };
  program.add_flag_callback("--yes", given, "do it; it cannot be undone");
}

/// SEQ, SEQ-SEQ or --all-dead.
void add_selection(CLI::App& program, outbox::entry_selection& which) {
  const auto take = [&which](const std::string& text) {
    const auto range = outbox::parse_sequence_range(text);
    if (!range) throw CLI::ValidationError("SEQ", range.error().text);
    which = *range;
  };
  const auto all_dead = [&which] { which = outbox::all_dead_letters{}; };
  CLI::Option_group& selection = *program.add_option_group("which");
  selection.add_option_function<std::string>("SEQ", take, "one rollup, or a range as 40-45")->type_name("SEQ[-SEQ]");
  selection.add_flag_callback("--all-dead", all_dead, "every dead letter");
  selection.require_option(1);
}

/// What the actions on the outbox take, whichever was typed.
struct outbox_words {
  outbox_command command;
  std::uint64_t sequence = 0;
  outbox::entry_selection which;
  confirmation confirmed = confirmation::missing;
  std::string file;
};

CLI::App& add_outbox(CLI::App& program, outbox_words& typed) {
  CLI::App& family = *program.add_subcommand("outbox", "look after the rollups that wait for the cloud");
  family.require_subcommand(1);
  const auto add = [&family, &typed](const char* name, const char* meaning, auto action_of) -> CLI::App& {
    CLI::App& added = *family.add_subcommand(name, meaning);
    add_visit_flags(added, typed.command.visit);
    added.callback([&typed, action_of] { typed.command.action = action_of(typed); });
    return added;
  };
  add("list", "all of them, dead letters too", [](const outbox_words&) { return list_rollups{}; });

  auto& show = add("show", "one of them, body and all", [](const auto& words) { return show_rollup{words.sequence}; });
  const auto take_sequence = [&typed](const std::string& text) {
    const auto one = outbox::parse_sequence_range(text);
    if (!one || one->from != one->to) throw CLI::ValidationError("SEQ", fmt::format("'{}' is not a sequence", text));
    typed.sequence = one->from;
  };
  show.add_option_function<std::string>("SEQ", take_sequence, "its sequence")->type_name("")->required();

  auto& retry = add("retry", "offer dead letters again", [](const auto& words) { return retry_rollups{words.which}; });
  add_selection(retry, typed.which);

  auto& drop = add("drop", "discard for ever, and tell the cloud of the loss", [](const auto& words) {
    return drop_rollups{words.which, words.confirmed};
  });
  add_selection(drop, typed.which);
  add_confirmation(drop, typed.confirmed);

  auto& copy = add("export", "write them as JSON lines", [](const auto& words) { return export_rollups{words.file}; });
  copy.add_option("FILE", typed.file, "a new file, - is stdout")->type_name("")->required();
  return family;
}

struct identity_words {
  identity_command command;
  confirmation confirmed = confirmation::missing;
};

CLI::App& add_identity(CLI::App& program, identity_words& typed) {
  CLI::App& family = *program.add_subcommand("identity", "the stream that the rollups are numbered in");
  family.require_subcommand(1);
  CLI::App& show = *family.add_subcommand("show", "what names the rollups of this outbox");
  add_visit_flags(show, typed.command.visit);
  show.callback([&typed] { typed.command.action = show_identity{}; });
  CLI::App& renew = *family.add_subcommand("new", "begin a new stream, as on a cloned disk");
  add_visit_flags(renew, typed.command.visit);
  add_confirmation(renew, typed.confirmed);
  renew.callback([&typed] { typed.command.action = new_identity{typed.confirmed}; });
  return family;
}

/// The innermost command that was typed.
const CLI::App& typed_command(const CLI::App& program) {
  const CLI::App* place = &program;
  while (!place->get_subcommands().empty()) place = place->get_subcommands().front();
  return *place;
}

/// "edge-rollup outbox" for its command "list".
std::string words_before(const CLI::App& place) {
  const CLI::App* above = place.get_parent();
  return above->get_parent() == nullptr ? above->get_name() : words_before(*above) + " " + above->get_name();
}

std::string list_of(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  return list;
}

std::vector<std::string> commands_of(const CLI::App& place) {
  std::vector<std::string> names;
  for (const CLI::App* each : place.get_subcommands([](const CLI::App* app) { return !app->get_name().empty(); })) {
    names.push_back(each->get_name());
  }
  return names;
}

/// Every word that is understood at the place where parsing stopped.
std::vector<std::string> known_words(const CLI::App& program) {
  const CLI::App& place = typed_command(program);
  auto words = commands_of(place);
  for (const CLI::Option* each : place.get_options()) words.push_back(each->get_name());
  return words;
}

std::string explain(const CLI::App& program, const CLI::ParseError& error) {
  const auto unread = program.remaining(true);
  const CLI::App& place = typed_command(program);
  const auto commands = commands_of(place);
  const bool no_command = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !commands.empty();
  if (no_command && unread.empty()) {
    return fmt::format("no command{}: {}", &place == &program ? "" : " for " + place.get_name(), list_of(commands));
  }
  if (!no_command && dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return error.what();
  const auto& unknown = unread.front();
  const auto* const kind = unknown.starts_with('-') ? "flag" : "command";
  return fmt::format("unknown {} '{}'{}", kind, unknown, config::did_you_mean(unknown, known_words(program)));
}

}  // namespace

model::result<command> parse_command_line(int count, const char* const* words) {
  CLI::App program("Asks edge nodes for their summaries, adds them up, and delivers the rollups.", "edge-rollup");
  program.get_formatter()->column_width(help_column);
  program.set_version_flag("--version", "edge-rollup " EDGE_ROLLUP_VERSION);
  program.require_subcommand(1);
  run_command run;
  once_command once;
  config_command settings;
  outbox_words outbox;
  identity_words identity;
  message_flags messages;
  add_message_flags(program, messages);
  const CLI::App& run_app = add_run(program, run, messages);
  add_once(program, once, messages);
  const CLI::App& config_app = add_config(program, settings);
  const CLI::App& outbox_app = add_outbox(program, outbox);
  const CLI::App& identity_app = add_identity(program, identity);
  try {
    program.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    const CLI::App& place = typed_command(program);
    return print_text{&place == &program ? program.help() : place.help(words_before(place))};
  } catch (const CLI::CallForVersion& version) {
    return print_text{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return model::fail(model::error_kind::usage, explain(program, error) + "; see edge-rollup --help");
  }
  run.messages = once.messages = messages;
  if (run_app.parsed()) return run;
  if (config_app.parsed()) return settings;
  if (outbox_app.parsed()) return outbox.command;
  if (identity_app.parsed()) return identity.command;
  return once;
}

}  // namespace edge_rollup::daemon
