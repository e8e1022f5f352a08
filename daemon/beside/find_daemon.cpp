#include "daemon/beside/find_daemon.hpp"

#include "daemon/admin/admin_files.hpp"
#include "daemon/command/state_directory_of.hpp"
#include "daemon/machine.hpp"
#include "outbox/claim_holder.hpp"
#include "outbox/state_directory.hpp"
#include "runtime/secret_files.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace edge_rollup::daemon {
namespace {

constexpr const char* usual_address = "http://127.0.0.1:9464";
constexpr const char* token_variable = "EDGE_ROLLUP_LISTEN_TOKEN";

/// A file of one line.
model::result<std::string> line_in(const std::string& path) {
  return runtime::secret_files{}.value_of({{{model::secret::part::source::file, path}}});
}

std::optional<model::url> address_in(const std::filesystem::path& state_directory) {
  const auto line = line_in(state_directory / admin_address_file);
  if (!line) return std::nullopt;
  auto parsed = wire::parse_node_url(*line);
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

std::optional<std::string> token_in_environment() {
  const char* const value = std::getenv(token_variable);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

model::result<daemon_place> place_at(std::string_view url) {
  auto base = wire::parse_node_url(url);
  if (!base) return model::fail(model::error_kind::usage, "--url: " + base.error().text);
  return daemon_place{std::move(*base), token_in_environment()};
}

/// A state directory that was named, or that a daemon has, is not passed over: another daemon may be at the usual
/// address.
model::result<daemon_place> place_by(const settings_flags& settings) {
  constexpr auto unavailable = model::error_kind::unavailable;
  const auto wanted = state_directory_of(settings);
  if (!wanted) return std::unexpected(wanted.error());
  const auto directory = outbox::visit_state_directory(*wanted);
  if (directory) {
    if (auto found = daemon_of(*directory)) return std::move(*found);
    if (const auto process = outbox::claim_holder(*directory)) {
      return model::fail(unavailable, fmt::format("process {} runs with {} but does not listen: put `listen` in its "
                                                  "settings, or say with --url where another one listens",
                                                  *process, directory->native()));
    }
  }
  const bool was_named = *wanted != wanted_state_directory(std::nullopt);
  if (!was_named) return place_at(usual_address);
  if (!directory) return model::fail(unavailable, directory.error().text);
  return model::fail(unavailable, fmt::format("no daemon runs with {}: start one with edge-rollup run and `listen` on, "
                                              "or say with --url where it listens",
                                              directory->native()));
}

}  // namespace

model::result<daemon_place> find_daemon(const daemon_flags& flags) {
  auto found = flags.url ? place_at(*flags.url) : place_by(flags.settings);
  if (!found || !flags.token_file) return found;
  auto token = line_in(*flags.token_file);
  if (!token) return std::unexpected(std::move(token.error()));
  found->token = std::move(*token);
  return found;
}

std::optional<daemon_place> daemon_of(const std::filesystem::path& state_directory) {
  auto base = address_in(state_directory);
  if (!base) return std::nullopt;
  daemon_place found{std::move(*base), token_in_environment(), state_directory};
  if (auto own = line_in(state_directory / admin_token_file)) found.token = std::move(*own);
  return found;
}

}  // namespace edge_rollup::daemon
