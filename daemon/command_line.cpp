// The only file of the daemon that sees CLI11, which is slow to compile.
#include "daemon/command_line.hpp"

#include "config/duration.hpp"
#include "config/suggestion.hpp"

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

void add_duration(CLI::App& program, const char* flag, std::optional<model::milliseconds>& value,
                  const std::string& meaning) {
  const auto take = [&value, flag](const std::string& text) {
    const auto read = config::parse_duration(text);
    if (!read) throw CLI::ValidationError(flag, read.error().text);
    value = *read;
  };
  program.add_option_function<std::string>(flag, take, meaning)->type_name("TIME");
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
  program.add_option("NODE", flags.nodes, "URLs of nodes to ask")->type_name("");
  program.add_option("--nodes", flags.node_files, "URLs, one a line, or file_sd JSON; - is stdin")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_text(program, "--cloud", flags.cloud, "URL", "where rollups are POSTed");
  add_duration(program, "--timeout", flags.timeout, "for each node [5s or the interval]");
  add_number(program, "--parallel", flags.parallel, "polls in flight [1024]");
  add_text(program, "--state-dir", flags.state_dir, "DIR", "where rollups wait for the cloud");
}

CLI::App& add_run(CLI::App& program, run_command& run, message_flags& messages) {
  CLI::App& added = *program.add_subcommand("run", "ask all nodes on a timer and deliver the rollups");
  add_polling_flags(added, run.polling);
  add_duration(added, "--interval", run.interval, "between rounds [300s]; 0s for tests");
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

/// Every word that is understood at the place where parsing stopped.
std::vector<std::string> known_words(const CLI::App& program) {
  const auto used = program.get_subcommands();
  const CLI::App& place = used.empty() ? program : *used.front();
  std::vector<std::string> words;
  for (const CLI::App* each : place.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(each->get_name());
  for (const CLI::Option* each : place.get_options()) words.push_back(each->get_name());
  return words;
}

std::string explain(const CLI::App& program, const CLI::ParseError& error) {
  const auto unread = program.remaining(true);
  const bool no_command =
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && program.get_subcommands().empty();
  if (no_command && unread.empty()) return "no command: run or once";
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
  message_flags messages;
  add_message_flags(program, messages);
  const CLI::App& run_app = add_run(program, run, messages);
  add_once(program, once, messages);
  try {
    program.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    const auto used = program.get_subcommands();
    return print_text{used.empty() ? program.help() : used.front()->help(program.get_name())};
  } catch (const CLI::CallForVersion& version) {
    return print_text{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return model::fail(model::error_kind::usage, explain(program, error) + "; see edge-rollup --help");
  }
  run.messages = once.messages = messages;
  if (run_app.parsed()) return run;
  return once;
}

}  // namespace edge_rollup::daemon
