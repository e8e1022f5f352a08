#include "daemon/command/command_line.hpp"

#include "daemon/command/command_options.hpp"
#include "daemon/command/completion_script.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace edge_rollup;
using namespace edge_rollup::daemon;

namespace {

using words = std::vector<std::string>;

model::result<command> parsed(const words& typed) {
  std::vector<const char*> pointers{"edge-rollup"};
  for (const auto& word : typed) pointers.push_back(word.c_str());
  return parse_command_line(static_cast<int>(pointers.size()), pointers.data());
}

template <class Command>
Command parsed_as(const words& typed) {
  auto asked = parsed(typed);
  INFO((asked ? "" : asked.error().text));
  REQUIRE(asked);
  REQUIRE(std::holds_alternative<Command>(*asked));
  return std::get<Command>(std::move(*asked));
}

std::string complaint(const words& typed) {
  const auto asked = parsed(typed);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().kind == model::error_kind::usage);
  CHECK_FALSE(asked.error().text.contains('\n'));
  return asked.error().text;
}

struct row {
  words typed;
  const char* says;
};

void visit_commands(const command_word& of, const words& path, const auto& visit) {
  visit(of, path);
  for (const auto& each : of.commands) {
    auto below = path;
    below.push_back(each.name);
    visit_commands(each, below, visit);
  }
}

}  // namespace

TEST_CASE("the help of every command fits a terminal and tells of examples and exit codes") {
  typed_words typed;
  visit_commands(all_commands(typed), {}, [](const command_word& command, words path) {
    path.push_back("--help");
    const auto help = parsed_as<print_text>(path).text;
    INFO(help);
    CHECK(help.contains("\nExamples:\n"));
    CHECK(help.contains("\nExit codes:\n"));
    CHECK(help.contains("\n  64 "));
    for (const auto& each : command.commands) CHECK(help.contains("\n  " + each.name + " "));
    for (const auto& option : command.options) {
      for (const auto& name : option.names) CHECK(help.contains(name));
    }
    for (std::size_t begin = 0; begin < help.size();) {
      const auto end = std::min(help.find('\n', begin), help.size());
      CHECK(end - begin <= 80);
      begin = end + 1;
    }
  });
}

TEST_CASE("every command and every flag is in the completions of each shell") {
  typed_words typed;
  const auto program = all_commands(typed);
  CHECK(program.commands.size() == 9);
  for (const auto shell : {shell_kind::bash, shell_kind::zsh, shell_kind::fish}) {
    const auto script = completion_script(shell, program);
    visit_commands(program, {}, [&](const command_word& command, const words& path) {
      INFO(command.name);
      if (!path.empty()) CHECK(script.contains(command.name));
      for (const auto& option : command.options) {
        for (const auto& name : option.names) {
          const bool is_long = name.starts_with("--");
          INFO(name);
          CHECK(script.contains(
              shell != shell_kind::fish ? name : (is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1)));
        }
      }
    });
  }
}

TEST_CASE("a completion script is printed for the shell that is named") {
  for (const auto& [shell, has] : {std::pair{"bash", "complete -F"}, {"zsh", "#compdef"}, {"fish", "complete -c"}}) {
    CHECK(parsed_as<print_text>({"completion", shell, "--log-format", "json"}).text.contains(has));
  }
}

TEST_CASE("a mistyped command or flag is answered with the nearest one") {
  for (const auto& [typed, says] :
       {row{{"chekc"}, "unknown command 'chekc', did you mean 'check'?"}, row{{"stats"}, "did you mean 'status'?"},
        row{{"completion", "zhs"}, "did you mean 'zsh'?"}, row{{"outbox", "lsit"}, "did you mean 'list'?"},
        row{{"check", "--ofline"}, "unknown flag '--ofline', did you mean '--offline'?"},
        row{{"status", "--wacth"}, "did you mean '--watch'?"},
        row{{"nodes", "--tokenfile", "x"}, "did you mean '--token-file'?"},
        row{{"help"}, "unknown command 'help', did you mean '--help'?"},
        row{{"status", "extra"}, "unexpected argument 'extra'"},
        row{{"completion"}, "no command for completion: bash, zsh or fish"}}) {
    INFO(typed.front());
    CHECK(complaint(typed).contains(says));
  }
}

TEST_CASE("a flag that stands before its command is told where it belongs") {
  for (const auto& [typed, says] :
       {row{{"-c", "f.yaml", "check"},
            "the flag '-c' stands before its command; write it behind: edge-rollup check -c"},
        row{{"--set=a=b", "status"}, "write it behind: edge-rollup status --set"},
        row{{"outbox", "--json", "list"}, "write it behind: edge-rollup outbox list --json"},
        row{{"--dry-run", "check"}, "unknown flag '--dry-run'"}}) {
    INFO(typed.front());
    CHECK(complaint(typed).contains(says));
  }
}

TEST_CASE("what excludes or needs something else is told") {
  CHECK(complaint({"status", "--watch", "--check"}).contains("--watch and --check exclude each other"));
  CHECK(complaint({"check", "--offline", "--send-test"}).contains("--offline and --send-test exclude each other"));
  CHECK(complaint({"outbox", "drop", "--yes"}).contains("--all-dead is required"));
  CHECK(complaint({"outbox", "retry", "4", "--all-dead"}).contains("SEQ and --all-dead exclude each other"));
}

TEST_CASE("the flags of each command arrive") {
  const auto check = parsed_as<check_command>({"check", "-c", "f.yaml", "--send-test", "--json", "--timeout", "2s"});
  CHECK(check.polling.settings.file == "f.yaml");
  CHECK(check.polling.settings.short_forms.at(0).key == "poll.timeout");
  CHECK(check.test == test_sending::wanted);
  CHECK(check.network == network_use::asked);
  CHECK(check.form == output_form::json);
  CHECK(parsed_as<check_command>({"check", "--offline"}).network == network_use::offline);

  const auto status = parsed_as<status_command>({"status", "--watch", "--url", "http://a", "--token-file", "t"});
  CHECK(status.view == status_view::watch);
  CHECK(status.daemon.url == "http://a");
  CHECK(status.daemon.token_file == "t");
  CHECK(parsed_as<nodes_command>({"nodes", "--json"}).daemon.form == output_form::json);

  const auto drop = parsed_as<outbox_command>({"outbox", "drop", "40-45", "--yes", "--state-dir", "d"});
  CHECK(drop.visit.settings.short_forms.at(0).text == "d");
  CHECK(std::get<drop_rollups>(drop.action).confirmed == confirmation::given);
  CHECK(std::holds_alternative<new_identity>(parsed_as<identity_command>({"identity", "new"}).action));
}

TEST_CASE("flags for messages are understood before and after any command") {
  for (const auto& typed : {words{"--log-level", "debug", "check"}, {"check", "--log-level", "debug"}}) {
    CHECK(parsed_as<check_command>(typed).messages.level == observe::log_level::debug);
  }
  CHECK(parsed_as<run_command>({"--color", "never", "run"}).messages.color == observe::log_color::never);
  CHECK(parsed({"config", "show", "--log-level", "debug"}).has_value());
  CHECK(parsed({"config", "--log-level", "debug", "show"}).has_value());
  CHECK(parsed({"outbox", "list", "--log-level", "debug"}).has_value());
}
