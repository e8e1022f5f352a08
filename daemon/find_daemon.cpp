#include "daemon/find_daemon.hpp"

#include "daemon/admin_files.hpp"
#include "daemon/state_directory_of.hpp"
#include "outbox/state_directory.hpp"
#include "runtime/secret_files.hpp"
#include "wire/url.hpp"

#include <cstdlib>
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

model::result<model::url> base_url(const daemon_flags& flags) {
  if (flags.url) {
    auto given = wire::parse_node_url(*flags.url);
    if (!given) return model::fail(model::error_kind::usage, "--url: " + given.error().text);
    return given;
  }
  const auto wanted = state_directory_of(flags.settings);
  if (!wanted) return std::unexpected(wanted.error());
  if (const auto directory = outbox::visit_state_directory(*wanted)) {
    if (auto left = address_in(*directory)) return std::move(*left);
  }
  return wire::parse_node_url(usual_address);
}

}  // namespace

model::result<daemon_place> find_daemon(const daemon_flags& flags) {
  auto base = base_url(flags);
  if (!base) return std::unexpected(std::move(base.error()));
  daemon_place found{std::move(*base), token_in_environment()};
  if (flags.token_file) {
    auto token = line_in(*flags.token_file);
    if (!token) return std::unexpected(std::move(token.error()));
    found.token = std::move(*token);
  }
  return found;
}

std::optional<daemon_place> daemon_of(const std::filesystem::path& state_directory) {
  auto base = address_in(state_directory);
  if (!base) return std::nullopt;
  daemon_place found{std::move(*base), token_in_environment()};
  if (auto own = line_in(state_directory / admin_token_file)) found.token = std::move(*own);
  return found;
}

}  // namespace edge_rollup::daemon
