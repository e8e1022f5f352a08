// From the command line to an exit code; nothing is decided here.
#include "daemon/command_line.hpp"
#include "daemon/daemon.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/standard_streams.hpp"
#include "observe/make_log.hpp"
#include "runtime/system_clock.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace edge_rollup::daemon {
namespace {

std::unique_ptr<observe::log> log_for(const message_flags& flags, observe::log_level standard) {
  observe::log_options options;
  options.level = flags.level.value_or(standard);
  options.format = flags.format;
  options.color = flags.color;
  const char* no_color = std::getenv("NO_COLOR");
  if (flags.color == observe::log_color::automatic && no_color != nullptr && *no_color != '\0') {
    options.color = observe::log_color::never;  // see no-color.org
  }
  if (const char* stream = std::getenv("JOURNAL_STREAM")) options.journal_stream = stream;
  return observe::make_log(options, runtime::wall_clock_now);
}

exit_code carry_out(const command& asked) {
  model::result<exit_code> ended = exit_code::ok;
  if (const auto* text = std::get_if<print_text>(&asked)) {
    const auto printed = print(text->text);
    if (printed) return exit_code::ok;
    ended = std::unexpected(printed.error());
  } else if (const auto* command = std::get_if<run_command>(&asked)) {
    const auto messages = log_for(command->messages, observe::log_level::info);
    ended = run(*command, *messages);
  } else {
    const auto& once_asked = std::get<once_command>(asked);
    const auto messages = log_for(once_asked.messages, observe::log_level::error);
    ended = once(once_asked, *messages);
  }
  if (ended) return *ended;
  complain(ended.error().text);
  return exit_code_of(ended.error().kind);
}

exit_code main_program(int count, const char* const* words) {
  fill_closed_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away shows as an error of the write
  const auto asked = parse_command_line(count, words);
  if (!asked) {
    complain(asked.error().text);
    return exit_code_of(asked.error().kind);
  }
  return carry_out(*asked);
}

}  // namespace
}  // namespace edge_rollup::daemon

int main(int count, char** words) {
  using namespace edge_rollup::daemon;
  try {
    return static_cast<int>(main_program(count, words));
  } catch (const std::exception& failure) {
    complain(std::string("bug: ") + failure.what());
    return static_cast<int>(exit_code::bug);
  }
}
