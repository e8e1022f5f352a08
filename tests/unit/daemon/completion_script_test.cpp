#include "daemon/command/completion_script.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup::daemon;

namespace {

const command_word program{
    "edge-rollup",
    "the program",
    {{{"--version"}, "", "print the version"}},
    {{"run", "ask: on a timer", {{{"-c", "--config"}, "FILE", "the owner's settings"}, {{}, "NODE", "URLs"}}, {}},
     {"outbox",
      "look after rollups",
      {},
      {{"export", "write them", {{{"--state-dir"}, "DIR", "where"}, {{}, "FILE", "a new file"}}, {}},
       {"list", "all of them", {{{"--color"}, "auto|never", "colour"}, {{"--since"}, "TIME", "from then on"}}, {}}}}}};

void check_has(const std::string& script, const char* part) {
  INFO(script);
  INFO(part);
  CHECK(script.contains(part));
}

}  // namespace

TEST_CASE("a bash script knows commands, flags and kinds of values by their place") {
  const auto script = completion_script(shell_kind::bash, program);
  check_has(script, "complete -F _edge_rollup edge-rollup\n");
  check_has(script, "' run'|' outbox'|' outbox export'|' outbox list') place=");
  check_has(script, "'') words='run outbox --version' ;;");
  check_has(script, "' run') words='-c --config' ;;");
  check_has(script, "' run -c'|' run --config')\n      files=yes ;;");
  check_has(script, "' outbox export --state-dir')\n      compopt -o filenames");
  check_has(script, "' outbox export') words='--state-dir' files=yes ;;");
  check_has(script, "' outbox list --color') words='auto never' ;;");
  check_has(script, "' outbox list --since') return ;;");
}

TEST_CASE("a zsh script shows meanings, with what the shell reads in them escaped") {
  const auto script = completion_script(shell_kind::zsh, program);
  CHECK(script.starts_with("#compdef edge-rollup\n"));
  check_has(script, R"('run:ask\: on a timer')");
  check_has(script, R"('--config:the owner'\''s settings')");
  check_has(script, "(' outbox export --state-dir') _files -/; return ;;");
  check_has(script, "(' outbox list --color') compadd -- auto never; return ;;");
}

TEST_CASE("a fish script offers a word only at its place") {
  const auto script = completion_script(shell_kind::fish, program);
  check_has(script, "complete -c edge-rollup -n '__fish_use_subcommand' -a run -d 'ask: on a timer'\n");
  check_has(
      script,
      "complete -c edge-rollup -n '__fish_seen_subcommand_from outbox; and not __fish_seen_subcommand_from export "
      "list' -a list -d 'all of them'\n");
  check_has(script,
            "complete -c edge-rollup -n '__fish_seen_subcommand_from outbox; and __fish_seen_subcommand_from list' -l "
            "color -x -a 'auto never' -d 'colour'\n");
  check_has(script, "-n '__fish_seen_subcommand_from run' -s c -l config -r -F -d 'the owner'\\''s settings'\n");
}
