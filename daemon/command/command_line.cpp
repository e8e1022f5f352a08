// The only file of the daemon that sees CLI11, which is slow to compile.
#include "daemon/command/command_line.hpp"

#include "config/suggestion.hpp"
#include "daemon/command/command_options.hpp"
#include "daemon/command/completion_script.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t help_column = 24;

/// Ends the parsing with a text of our own.
void require(const model::result<void>& taken, const std::string& name) {
  if (taken) return;
  const auto text = name.empty() ? taken.error().text : name + ": " + taken.error().text;
  throw CLI::ParseError(text, CLI::ExitCodes::ValidationError);
}

CLI::Option& declare_value(CLI::App& place, const std::string& name, const option_word& word) {
  const auto& shown = word.names.empty() ? word.value : word.names.back();
  const auto take = [&word, shown](const std::vector<std::string>& values) {
    for (const auto& each : values) require(word.take(each), shown);
  };
  auto& declared = *place.add_option_function<std::vector<std::string>>(name, take, word.meaning);
  declared.type_name(word.names.empty() ? "" : word.value);
  const bool is_list = word.names.empty() && word.repetition == option_repetition::many;
  if (!is_list) declared.expected(1)->allow_extra_args(false);  // each value has its flag
  if (word.repetition == option_repetition::many) declared.multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return declared;
}

/// What an option is called for CLI11.
std::string declared_name(const option_word& word) {
  return word.names.empty() ? word.value : fmt::format("{}", fmt::join(word.names, ","));
}

void declare(CLI::App& place, const option_word& word) {
  const auto name = declared_name(word);
  const auto take = [&word] { require(word.take(""), ""); };
  auto& declared =
      word.value.empty() ? *place.add_flag_callback(name, take, word.meaning) : declare_value(place, name, word);
  if (!word.names.empty()) declared.group(word.group);
  declared.required(word.presence == option_presence::required);
}

/// Makes `place` understand `word`, which outlives it. What its commands have in turn is declared of those only that
/// are named among `typed`: declaring all would take a tenth of the start of the daemon.
void declare(CLI::App& place, const command_word& word, std::span<const char* const> typed) {
  for (const auto& option : word.options) {
    if (option.take) declare(place, option);
  }
  for (const auto& command : word.commands) {
    auto& declared = *place.add_subcommand(command.name, command.meaning)->group("Commands");
    if (std::ranges::find(typed, command.name) != typed.end()) declare(declared, command, typed);
  }
  if (!word.commands.empty()) place.require_subcommand(1);
  place.footer(word.footer);
  if (word.typed) place.callback([&word] { require(word.typed(), ""); });
}

void set_style(CLI::App& program) {
  program.get_formatter()->column_width(help_column);
  program.get_formatter()->label("SUBCOMMAND", "COMMAND");
  program.get_formatter()->label("Positionals", "Arguments");
  program.set_help_flag("-h,--help", "print this");
  program.set_version_flag("--version", "edge-rollup " EDGE_ROLLUP_VERSION, "print the version");
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
  for (const CLI::App* each : place.get_subcommands({})) names.push_back(each->get_name());
  return names;
}

/// Every word that is understood at the place where parsing stopped.
std::vector<std::string> known_words(const CLI::App& program) {
  const CLI::App& place = typed_command(program);
  auto words = commands_of(place);
  for (const CLI::Option* each : place.get_options()) words.push_back(each->get_name());
  return words;
}

/// What is said of a flag that is not understood where it stands.
std::string explain_flag(const CLI::App& program, const std::string& unknown) {
  const CLI::App& place = typed_command(program);
  const auto flag = unknown.substr(0, unknown.find('='));
  if (place.get_option_no_throw(flag) == nullptr) {
    return fmt::format("unknown flag '{}'{}", unknown, config::did_you_mean(unknown, known_words(program)));
  }
  return fmt::format("the flag '{0}' stands before its command; write it behind: {1} {2} {0}", flag,
                     words_before(place), place.get_name());
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
  if (unknown.starts_with('-')) return explain_flag(program, unknown);
  if (commands.empty()) return fmt::format("unexpected argument '{}'", unknown);
  if (unknown == "help") return "unknown command 'help', did you mean '--help'?";
  return fmt::format("unknown command '{}'{}", unknown, config::did_you_mean(unknown, known_words(program)));
}

}  // namespace

model::result<command> parse_command_line(int count, const char* const* words) {
  typed_words typed;
  const auto known = all_commands(typed);
  CLI::App program(known.meaning, known.name);
  set_style(program);
  declare(program, known, {words, static_cast<std::size_t>(count)});
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
  if (typed.shell) return print_text{completion_script(*typed.shell, known)};
  const auto add_messages = [&typed](auto& asked) {
    if constexpr (requires { asked.messages; }) asked.messages = typed.messages;
  };
  std::visit(add_messages, typed.asked);
  return std::move(typed.asked);
}

}  // namespace edge_rollup::daemon
