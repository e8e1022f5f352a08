// bash and zsh first find out which command stands before the cursor (its place: "outbox list" with a blank in front),
// then look at the word before the cursor, which may be a flag that takes a value. fish is told the same as conditions.
#include "daemon/command/completion_script.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {
namespace {

/// A command with the words that lead to it.
struct place {
  std::string path;  ///< " outbox list"; empty for the program itself
  const command_word* command = nullptr;
  const command_word* above = nullptr;
};

void collect(const command_word& command, const std::string& path, const command_word* above,
             std::vector<place>& into) {
  into.push_back({path, &command, above});
  for (const auto& each : command.commands) collect(each, path + " " + each.name, &command, into);
}

std::vector<place> places_of(const command_word& program) {
  std::vector<place> found;
  collect(program, "", nullptr, found);
  return found;
}

enum class value_kind { none, file, directory, words, other };

value_kind kind_of(std::string_view value) {
  if (value.empty()) return value_kind::none;
  if (value == "FILE") return value_kind::file;
  if (value == "DIR") return value_kind::directory;
  const bool is_list = value.contains('|') && value.find_first_not_of("abcdefghijklmnopqrstuvwxyz|") == value.npos;
  return is_list ? value_kind::words : value_kind::other;
}

std::string words_in(std::string value) {
  std::ranges::replace(value, '|', ' ');
  return value;
}

bool is_named(const option_word& option) {
  return !option.names.empty();
}

bool takes_file_without_name(const command_word& command) {
  return std::ranges::any_of(command.options, [](const option_word& option) {
    return !is_named(option) && kind_of(option.value) == value_kind::file;
  });
}

/// In single quotes, as all three shells read them.
std::string shell_quoted(std::string_view text) {
  std::string made = "'";
  for (const char c : text) made += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return made + "'";
}

std::string patterns_of_commands(const std::vector<place>& places) {
  std::vector<std::string> patterns;
  for (const auto& each : places) {
    if (!each.path.empty()) patterns.push_back(shell_quoted(each.path));
  }
  return fmt::format("{}", fmt::join(patterns, "|"));
}

/// "' run -c'|' run --config'" for each flag that takes a value of this kind, with the value.
std::vector<std::pair<std::string, std::string>> patterns_of_values(const std::vector<place>& places, value_kind kind) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [path, command, above] : places) {
    for (const auto& option : command->options) {
      if (!is_named(option) || kind_of(option.value) != kind) continue;
      std::vector<std::string> patterns;
      for (const auto& name : option.names) patterns.push_back(shell_quoted(path + " " + name));
      found.emplace_back(fmt::format("{}", fmt::join(patterns, "|")), option.value);
    }
  }
  return found;
}

std::string joined_patterns(const std::vector<place>& places, value_kind kind) {
  std::vector<std::string> all;
  for (auto& [pattern, value] : patterns_of_values(places, kind)) all.push_back(std::move(pattern));
  return fmt::format("{}", fmt::join(all, "|"));
}

std::string all_words_of(const command_word& command) {
  std::vector<std::string> words;
  for (const auto& each : command.commands) words.push_back(each.name);
  for (const auto& option : command.options) words.insert(words.end(), option.names.begin(), option.names.end());
  return fmt::format("{}", fmt::join(words, " "));
}

std::string bash_script(const command_word& program) {
  const auto places = places_of(program);
  auto script = fmt::format(R"(# bash completion for edge-rollup, made by: edge-rollup completion bash
_edge_rollup() {{
  local place='' each words='' files=no
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  for each in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$place $each" in
      {}) place="$place $each" ;;
    esac
  done
  COMPREPLY=()
  case "$place $before" in
)",
                            patterns_of_commands(places));
  script += fmt::format("    {})\n      files=yes ;;\n", joined_patterns(places, value_kind::file));
  script += fmt::format(
      "    {})\n      compopt -o filenames\n      mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n      return ;;\n",
      joined_patterns(places, value_kind::directory));
  for (const auto& [pattern, value] : patterns_of_values(places, value_kind::words)) {
    script += fmt::format("    {}) words='{}' ;;\n", pattern, words_in(value));
  }
  script += fmt::format("    {}) return ;;\n", joined_patterns(places, value_kind::other));
  script += "    *)\n      case \"$place\" in\n";
  for (const auto& [path, command, above] : places) {
    script += fmt::format("        '{}') words='{}'{} ;;\n", path, all_words_of(*command),
                          takes_file_without_name(*command) ? " files=yes" : "");
  }
  return script + R"(      esac ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  if [[ $files == yes && $word != -* ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -F _edge_rollup edge-rollup
)";
}

/// "name:meaning" as _describe reads it.
std::string described_for_zsh(std::string_view name, std::string_view meaning) {
  std::string text;
  for (const char c : fmt::format("{}", meaning)) text += c == ':' ? std::string("\\:") : std::string(1, c);
  return shell_quoted(fmt::format("{}:{}", name, text));
}

/// zsh loads the function by the name of its file; of another name it would be missing when it is first needed.
std::string zsh_script(const command_word& program) {
  const auto places = places_of(program);
  auto script = fmt::format(R"(#compdef edge-rollup
# zsh completion for edge-rollup, made by: edge-rollup completion zsh
_edge-rollup() {{
  local place='' each before=${{words[CURRENT-1]}}
  local -a commands flags
  for each in "${{(@)words[2,CURRENT-1]}}"; do
    case "$place $each" in
      ({}) place="$place $each" ;;
    esac
  done
  case "$place $before" in
)",
                            patterns_of_commands(places));
  script += fmt::format("    ({}) _files; return ;;\n", joined_patterns(places, value_kind::file));
  script += fmt::format("    ({}) _files -/; return ;;\n", joined_patterns(places, value_kind::directory));
  for (const auto& [pattern, value] : patterns_of_values(places, value_kind::words)) {
    script += fmt::format("    ({}) compadd -- {}; return ;;\n", pattern, words_in(value));
  }
  script +=
      fmt::format("    ({}) return ;;\n  esac\n  case \"$place\" in\n", joined_patterns(places, value_kind::other));
  for (const auto& [path, command, above] : places) {
    script += fmt::format("    ('{}')\n      commands=(", path);
    for (const auto& each : command->commands) script += " " + described_for_zsh(each.name, each.meaning);
    script += " )\n      flags=(";
    for (const auto& option : command->options) {
      for (const auto& name : option.names) script += " " + described_for_zsh(name, option.meaning);
    }
    script += fmt::format(" ){} ;;\n", takes_file_without_name(*command) ? "\n      _files" : "");
  }
  return script + R"(  esac
  (( $#commands )) && _describe command commands
  _describe flag flags
}
if [ "$funcstack[1]" = _edge-rollup ]; then
  _edge-rollup "$@"
else
  compdef _edge-rollup edge-rollup
fi
)";
}

/// When a word of this place is due, as a command of fish.
std::string fish_condition(const place& here) {
  if (here.path.empty()) return "__fish_use_subcommand";
  std::string condition;
  const auto seen = [&condition](std::string_view names) {
    if (!condition.empty()) condition += "; and ";
    condition += fmt::format("__fish_seen_subcommand_from {}", names);
  };
  if (here.path.find(' ', 1) != std::string::npos) seen(here.above->name);
  seen(here.command->name);
  std::vector<std::string> below;
  for (const auto& each : here.command->commands) below.push_back(each.name);
  if (!below.empty()) condition += fmt::format("; and not __fish_seen_subcommand_from {}", fmt::join(below, " "));
  return condition;
}

std::string fish_value(const std::string& value) {
  switch (kind_of(value)) {
    case value_kind::none: return "";
    case value_kind::file: return " -r -F";
    case value_kind::directory: return " -x -a '(__fish_complete_directories)'";
    case value_kind::words: return fmt::format(" -x -a '{}'", words_in(value));
    case value_kind::other: return " -x";
  }
  return "";
}

std::string fish_script(const command_word& program) {
  std::string script = "# fish completion for edge-rollup, made by: edge-rollup completion fish\n";
  script += "complete -c edge-rollup -f\n";
  for (const auto& here : places_of(program)) {
    const auto begin = fmt::format("complete -c edge-rollup -n '{}'", fish_condition(here));
    for (const auto& each : here.command->commands) {
      script += fmt::format("{} -a {} -d {}\n", begin, each.name, shell_quoted(each.meaning));
    }
    if (takes_file_without_name(*here.command)) script += begin + " -F\n";
    for (const auto& option : here.command->options) {
      if (!is_named(option)) continue;
      script += begin;
      for (const auto& name : option.names) {
        const bool is_long = name.starts_with("--");
        script += fmt::format(" {} {}", is_long ? "-l" : "-s", name.substr(is_long ? 2 : 1));
      }
      script += fmt::format("{} -d {}\n", fish_value(option.value), shell_quoted(option.meaning));
    }
  }
  return script;
}

}  // namespace

std::string completion_script(shell_kind shell, const command_word& program) {
  switch (shell) {
    case shell_kind::bash: return bash_script(program);
    case shell_kind::zsh: return zsh_script(program);
    case shell_kind::fish: return fish_script(program);
  }
  return {};
}

}  // namespace edge_rollup::daemon
