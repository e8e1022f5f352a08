#include "daemon/beside/status_command.hpp"

#include "daemon/beside/daemon_client.hpp"
#include "daemon/beside/find_daemon.hpp"
#include "daemon/beside/node_list_table.hpp"
#include "daemon/beside/node_pages.hpp"
#include "daemon/beside/status_page.hpp"
#include "daemon/text/standard_streams.hpp"
#include "runtime/system_clock.hpp"
#include "wire/json_view.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {
namespace {

using model::result;
using wire::json_view;

constexpr model::milliseconds watch_pause{2'000};
constexpr const char* clear_screen = "\x1b[H\x1b[2J";  // ECMA-48 CUP, ED

bool is_on_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

result<exit_code> print_and_end(std::string_view text, exit_code code = exit_code::ok) {
  if (auto printed = print(text); !printed) return std::unexpected(std::move(printed.error()));
  return code;
}

/// Bodies that are valid JSON.
result<std::string> status_of(daemon_client& daemon) {
  auto body = daemon.get("/api/v1/status");
  if (body && !json_view::over(*body)) {
    return model::fail(model::error_kind::unavailable, "what answers is no edge-rollup: its status is no JSON");
  }
  return body;
}

std::string in_form(const std::string& body, output_form form, bool redraws) {
  if (form == output_form::json) return body + "\n";
  const auto status = json_view::over(body);
  const auto now = runtime::wall_clock_now();
  return redraws ? clear_screen + status_page(*status, now) : status_line(*status, now);
}

/// Its port and its token may be others after a restart. Where its state directory tells of none, the usual address may
/// be that of another one.
void look_for_restarted(daemon_client& daemon, const daemon_flags& flags) {
  auto found = find_daemon(flags);
  if (found && found->state_directory == daemon.place().state_directory) daemon.turn_to(std::move(*found));
}

/// A daemon that is restarted while somebody watches is looked for until it is back.
result<exit_code> watch(daemon_client& daemon, const daemon_flags& flags) {
  const auto form = flags.form;
  const bool redraws = form == output_form::table && is_on_terminal();
  for (bool was_there = false; !daemon.interrupted(); daemon.pause(watch_pause)) {
    const auto body = status_of(daemon);
    if (daemon.interrupted()) break;
    if (!body && !was_there) return std::unexpected(body.error());
    was_there = true;
    if (!body) {
      complain(body.error().text);
      look_for_restarted(daemon, flags);
    } else if (const auto printed = print(in_form(*body, form, redraws)); !printed) {
      return std::unexpected(printed.error());
    }
  }
  return exit_code::interrupted;
}

/// Probes show what stands on standard output, and nothing else.
result<exit_code> tell_unknown(const model::error& why) {
  return print_and_end(fmt::format("EDGE-ROLLUP UNKNOWN - {}\n", why.text), exit_code_of(why.kind));
}

result<exit_code> probe(const result<std::string>& body, output_form form) {
  if (!body) return tell_unknown(body.error());
  const auto status = json_view::over(*body);
  return print_and_end(form == output_form::json ? *body + "\n" : probe_line(*status), probe_code(*status));
}

/// One answer of the daemon, as if all nodes stood on one page.
std::string joined(const std::vector<json_view>& nodes) {
  std::string text = "{\"nodes\":[";
  for (const auto& node : nodes) text.append(text.back() == '[' ? "" : ",").append(node.raw());
  return text + fmt::format("],\"total\":{},\"next\":null}}\n", nodes.size());
}

}  // namespace

result<exit_code> tell_status(const status_command& asked, observe::log& messages) {
  auto place = find_daemon(asked.daemon);
  if (!place && asked.view == status_view::check) return tell_unknown(place.error());
  if (!place) return std::unexpected(std::move(place.error()));
  daemon_client daemon(std::move(*place), messages);
  if (asked.view == status_view::watch) return watch(daemon, asked.daemon);
  const auto form = asked.daemon.form;
  const auto body = status_of(daemon);
  if (daemon.interrupted()) return exit_code::interrupted;
  if (asked.view == status_view::check) return probe(body, form);
  if (!body) return std::unexpected(body.error());
  return print_and_end(form == output_form::json ? *body + "\n"
                                                 : status_page(*json_view::over(*body), runtime::wall_clock_now()));
}

result<exit_code> list_nodes(const nodes_command& asked, observe::log& messages) {
  auto place = find_daemon(asked.daemon);
  if (!place) return std::unexpected(std::move(place.error()));
  daemon_client daemon(std::move(*place), messages);
  const auto pages = node_pages(daemon);
  if (daemon.interrupted()) return exit_code::interrupted;
  if (!pages) return std::unexpected(pages.error());
  const auto nodes = nodes_on(*pages);
  if (asked.daemon.form == output_form::json) return print_and_end(joined(nodes));
  // Whoever searches in it or cuts it up needs the names as they are.
  const auto wanted = is_on_terminal() ? long_text::cut : long_text::whole;
  return print_and_end(node_list_table(nodes, runtime::wall_clock_now(), wanted));
}

}  // namespace edge_rollup::daemon
