#include "daemon/beside/once_by_daemon.hpp"

#include "config/layers.hpp"
#include "daemon/beside/answered_round.hpp"
#include "daemon/beside/daemon_client.hpp"
#include "daemon/beside/find_daemon.hpp"
#include "daemon/beside/node_pages.hpp"
#include "daemon/check/nodes_verdict.hpp"
#include "daemon/command/read_settings.hpp"
#include "daemon/command/state_directory_of.hpp"
#include "daemon/text/round_table.hpp"
#include "daemon/text/standard_streams.hpp"
#include "model/grouped.hpp"
#include "outbox/claim_holder.hpp"
#include "outbox/state_directory.hpp"
#include "runtime/secret_files.hpp"
#include "wire/json_view.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using model::error_kind;
using model::result;
using wire::json_view;

constexpr model::milliseconds look_pause{200};
/// A round ends about one timeout after its start, and may have to wait for the one before.
constexpr std::size_t looks_for_round = 4'500;   // 15 min
constexpr std::size_t looks_for_delivery = 300;  // 1 min: a try may be long

/// Why the daemon cannot be asked for what was typed, and how to get it.
std::optional<std::string> what_stands_against(const once_command& asked) {
  if (!asked.polling.nodes.empty() || !asked.polling.node_files.empty()) {
    return "leave out NODE and --nodes to ask it for a round over its own nodes";
  }
  if (asked.form == output_form::json) return "leave out --json to ask it for a round";
  return std::nullopt;
}

result<json_view> parsed(const result<std::string>& body) {
  if (!body) return std::unexpected(body.error());
  const auto view = json_view::over(*body);
  if (!view) return model::fail(error_kind::unavailable, "what answers is no edge-rollup: it is no JSON");
  return *view;
}

result<std::uint64_t> begin_round(daemon_client& daemon) {
  const auto body = daemon.post("/-/round");
  const auto begun = parsed(body);
  if (!begun) return std::unexpected(begun.error());
  const auto number = begun->at("number").count();
  if (!number) return model::fail(error_kind::unavailable, "the daemon does not say which round it begins");
  return *number;
}

/// The entry of /api/v1/rollups for a round.
std::optional<json_view> entry_of(const json_view& rollups, std::uint64_t round) {
  for (const auto& each : rollups.at("rollups").elements()) {
    if (each.at("round").at("number").count() == round) return each;
  }
  return std::nullopt;
}

/// Delivery is not going to offer anything soon.
result<bool> delivery_waits(daemon_client& daemon) {
  const auto body = daemon.get("/api/v1/status");
  const auto status = parsed(body);
  if (!status) return std::unexpected(status.error());
  const auto state = status->at("delivery").at("state").text();
  return state == "waiting" || state == "hold";
}

/// The body of /api/v1/rollups once the round is in it and its rollup was offered, or has to wait.
result<std::string> wait_for_rollup(daemon_client& daemon, std::uint64_t round) {
  std::size_t looks_since_round = 0;
  for (std::size_t looks = 0; looks < looks_for_round && !daemon.interrupted(); ++looks) {
    auto body = daemon.get("/api/v1/rollups?limit=100");
    const auto rollups = parsed(body);
    if (!rollups) return std::unexpected(rollups.error());
    if (const auto entry = entry_of(*rollups, round)) {
      const auto waits = delivery_waits(daemon);
      if (!waits) return std::unexpected(waits.error());
      const bool is_offered = !entry->at("last_verdict").is_null();
      if (is_offered || *waits || ++looks_since_round == looks_for_delivery) return body;
    }
    daemon.pause(look_pause);
  }
  return model::fail(error_kind::unavailable, "the daemon does not end the round");
}

std::string delivery_line(const json_view& entry, const json_view& status) {
  const auto delivery = status.at("delivery");
  const auto url = delivery.at("url").text().value_or("-");
  if (!entry.at("delivered").is_null()) {
    return fmt::format("sent    {}  by the daemon, process {}  id {}\n", url, status.at("pid").count().value_or(0),
                       entry.at("id").text().value_or("-"));
  }
  const auto verdict = entry.at("last_verdict").text();
  const auto words = delivery.at("hold").at("text").text().value_or(verdict ? *verdict : "not offered yet");
  return fmt::format("kept    {}  {}; {} waiting, the daemon offers again\n", url, words,
                     model::grouped(status.at("outbox").at("pending").count().value_or(0)));
}

result<exit_code> show(daemon_client& daemon, const json_view& entry, const once_command& asked) {
  const auto status_body = daemon.get("/api/v1/status");
  const auto status = parsed(status_body);
  if (!status) return std::unexpected(status.error());
  const auto pages = node_pages(daemon);
  if (!pages) return std::unexpected(pages.error());
  const auto ended = round_in(entry.at("round"), nodes_on(*pages));
  const auto printed =
      print(round_table(ended.rollup, ended.nodes, ended.outcomes, asked.shown) + delivery_line(entry, *status));
  if (!printed) return std::unexpected(printed.error());
  if (entry.at("delivered").is_null()) return exit_code::not_delivered;
  return nodes_verdict(ended.outcomes, asked.required);
}

result<exit_code> ask(daemon_client& daemon, const once_command& asked) {
  const auto round = begin_round(daemon);
  if (!round) return std::unexpected(round.error());
  const auto body = wait_for_rollup(daemon, *round);
  if (!body) return std::unexpected(body.error());
  return show(daemon, *entry_of(*json_view::over(*body), *round), asked);
}

/// The `listen_token` of the settings; empty where they have none, or none that this user may read.
std::optional<std::string> token_in(const settings_flags& flags) {
  config::layers all(references_of_this_machine(secrets_wanted::all));
  if (!add_settings(all, flags)) return std::nullopt;
  const auto* const token = all.effective().get<model::secret>("listen_token");
  if (token == nullptr) return std::nullopt;
  auto value = runtime::secret_files{}.value_of(*token);
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

result<exit_code> ask_holder(const once_command& asked, long process, const std::filesystem::path& state_directory,
                             observe::log& messages) {
  auto place = daemon_of(state_directory);
  if (place && !place->token) place->token = token_in(asked.polling.settings);
  auto against = what_stands_against(asked);
  if (!place && !against) against = "it does not listen: with `listen` in its settings it can be asked for a round";
  if (against) {
    return model::fail(error_kind::state, fmt::format("{} is in use by process {}; {}; to look only, use --dry-run",
                                                      state_directory.native(), process, *against));
  }
  daemon_client daemon(std::move(*place), messages);
  auto ended = ask(daemon, asked);
  return daemon.interrupted() ? exit_code::interrupted : ended;
}

}  // namespace

std::optional<result<exit_code>> once_by_daemon(const once_command& asked, observe::log& messages) {
  const auto wanted = state_directory_of(asked.polling.settings);
  const auto directory = wanted ? outbox::visit_state_directory(*wanted) : wanted;
  const auto process = directory ? outbox::claim_holder(*directory) : std::nullopt;
  if (!process) return std::nullopt;
  return ask_holder(asked, *process, *directory, messages);
}

}  // namespace edge_rollup::daemon
