// From the command line to an exit code; nothing is decided here.
#include "daemon/beside/once_by_daemon.hpp"
#include "daemon/beside/status_command.hpp"
#include "daemon/check/check_command.hpp"
#include "daemon/command/command_line.hpp"
#include "daemon/command/config_command.hpp"
#include "daemon/command/identity_command.hpp"
#include "daemon/command/outbox_command.hpp"
#include "daemon/command/read_settings.hpp"
#include "daemon/daemon.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/text/standard_streams.hpp"
#include "observe/make_log.hpp"
#include "runtime/system_clock.hpp"

#include <malloc.h>
#include <boost/system/system_error.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace edge_rollup::daemon {
namespace {

observe::log_options options_for(const message_flags& flags, const config::log_settings& settings,
                                 observe::log_level standard) {
  observe::log_options options;
  options.level = flags.level.value_or(settings.level.value_or(standard));
  options.format = flags.format.value_or(settings.format);
  options.color = flags.color.value_or(observe::log_color::automatic);
  const char* no_color = std::getenv("NO_COLOR");
  if (options.color == observe::log_color::automatic && no_color != nullptr && *no_color != '\0') {
    options.color = observe::log_color::never;  // see no-color.org
  }
  if (const char* stream = std::getenv("JOURNAL_STREAM")) options.journal_stream = stream;
  return options;
}

std::unique_ptr<observe::output_log> log_for(const message_flags& flags, const config::log_settings& settings,
                                             observe::log_level standard) {
  return observe::make_log(options_for(flags, settings, standard), runtime::wall_clock_now);
}

/// Who reads the log of a service as records reads there, too, why it did not start. Each line is a record of its own.
model::result<exit_code> tell_in_log(model::error why, const observe::log_options& options) {
  if (observe::resolved_format(options) == observe::log_format::text) return std::unexpected(std::move(why));
  const auto messages = observe::make_log(options, runtime::wall_clock_now);
  for (const auto line : std::views::split(why.text, '\n')) messages->error(std::string_view(line.begin(), line.end()));
  return exit_code_of(why.kind);
}

model::result<exit_code> carry_out(const print_text& asked) {
  const auto printed = print(asked.text);
  if (!printed) return std::unexpected(printed.error());
  return exit_code::ok;
}

/// Streams are not flushed: all is written, and the thread may hold the file that it reads for ever.
exit_code leave(const ending& ended) {
  if (ended.left_thread) std::_Exit(static_cast<int>(ended.code));
  return ended.code;
}

model::result<exit_code> carry_out(const run_command& asked) {
  const auto settings = read_settings(asked);
  const auto options =
      options_for(asked.messages, settings ? settings->log : config::log_settings{}, observe::log_level::info);
  if (!settings) return tell_in_log(settings.error(), options);
  auto ended = run(asked, *settings, *observe::make_log(options, runtime::wall_clock_now));
  if (!ended) return tell_in_log(std::move(ended.error()), options);
  return leave(*ended);
}

model::result<exit_code> carry_out(const once_command& asked) {
  if (asked.delivery == delivery_wanted::deliver) {
    // A daemon has settings of its own: those of this command need not be complete.
    const auto messages = log_for(asked.messages, {}, observe::log_level::error);
    if (auto ended = once_by_daemon(asked, *messages)) return std::move(*ended);
  }
  const auto settings = read_settings(asked);
  if (!settings) return std::unexpected(settings.error());
  // The output says what was found.
  auto ended = once(asked, *settings, *log_for(asked.messages, settings->log, observe::log_level::error));
  if (!ended) return std::unexpected(std::move(ended.error()));
  return leave(*ended);
}

model::result<exit_code> carry_out(const check_command& asked) {
  const auto read = read_settings(asked);
  if (!read) return tell_unread(asked, read.error());
  const auto messages = log_for(asked.messages, read->settings.log, observe::log_level::error);
  return check(asked, read->settings, read->noticed, *messages);
}

model::result<exit_code> carry_out(const status_command& asked) {
  return tell_status(asked, *log_for(asked.messages, {}, observe::log_level::error));
}

model::result<exit_code> carry_out(const nodes_command& asked) {
  return list_nodes(asked, *log_for(asked.messages, {}, observe::log_level::error));
}

model::result<exit_code> carry_out(const config_command& asked) {
  return tell_settings(asked);
}

model::result<exit_code> carry_out(const outbox_command& asked) {
  return look_after_outbox(asked);
}

model::result<exit_code> carry_out(const identity_command& asked) {
  return look_after_identity(asked);
}

/// The loop's thread allocates nearly all there is. One heap for all threads, so that what the others have freed serves
/// it; and what is as large as a body of many nodes goes back to the system at once, instead of leaving holes.
void keep_heap_small() {
  constexpr int large_bytes = 256 * 1024;
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, large_bytes);
}

constexpr const char* no_more_threads =
    "the system starts no more threads: raise TasksMax= of the service, or `ulimit -u`";

exit_code main_program(int count, const char* const* words) {
  keep_heap_small();
  fill_closed_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away shows as an error of the write
  const auto asked = parse_command_line(count, words);
  if (!asked) {
    complain(asked.error().text);
    return exit_code_of(asked.error().kind);
  }
  const auto ended = std::visit([](const auto& command) { return carry_out(command); }, *asked);
  if (ended) return *ended;
  complain(ended.error().text);
  return exit_code_of(ended.error().kind);
}

}  // namespace
}  // namespace edge_rollup::daemon

int main(int count, char** words) {
  using namespace edge_rollup::daemon;
  try {
    return static_cast<int>(main_program(count, words));
  } catch (const boost::system::system_error& refused) {  // the loop cannot be made: no descriptors, no memory
    const bool too_many_threads = refused.code() == boost::system::errc::resource_unavailable_try_again;
    complain(too_many_threads ? no_more_threads
                              : std::string("the system refuses what every command needs: ") + refused.what());
    return static_cast<int>(exit_code::unavailable);
  } catch (const std::system_error& refused) {
    const bool too_many_threads = refused.code() == std::errc::resource_unavailable_try_again;
    complain(too_many_threads ? no_more_threads : std::string("bug: ") + refused.what());
    return static_cast<int>(too_many_threads ? exit_code::unavailable : exit_code::bug);
  } catch (const std::exception& failure) {
    complain(std::string("bug: ") + failure.what());
    return static_cast<int>(exit_code::bug);
  }
}
