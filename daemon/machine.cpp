// Descriptors are shared out here: the store, the cloud, the log and the loop keep their reserve before any node is
// asked.
#include "daemon/machine.hpp"

#include "daemon/machine_fingerprint.hpp"
#include "net/http_server.hpp"
#include "outbox/default_directory.hpp"
#include "outbox/visited_store.hpp"
#include "runtime/descriptor_limit.hpp"
#include "wire/uuid.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t reserved_descriptors = 32;
constexpr std::size_t least_for_nodes = 8;
constexpr std::size_t admin_share = 8;  // an eighth
constexpr std::size_t least_for_admin = 4;

/// Of all descriptors, those that are no reserve.
std::size_t free_descriptors() {
  const auto limit = runtime::raise_descriptor_limit();
  return limit > reserved_descriptors + least_for_nodes ? limit - reserved_descriptors : least_for_nodes;
}

std::optional<std::string> from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

/// Upper case counts too, except for HTTP_PROXY.
net::proxy_environment proxies() {
  const auto either = [](const char* lower, const char* upper) {
    auto value = from_environment(lower);
    return (value ? value : from_environment(upper)).value_or("");
  };
  return {either("https_proxy", "HTTPS_PROXY"), from_environment("http_proxy").value_or(""),
          either("all_proxy", "ALL_PROXY"), either("no_proxy", "NO_PROXY")};
}

}  // namespace

surroundings machine::around(observe::log& messages, std::size_t admin_connections) {
  const auto for_nodes = std::max(free_descriptors(), admin_connections + least_for_nodes) - admin_connections;
  return {loop.get_executor(), time, chance, network, messages, host_name(), for_nodes, proxies()};
}

std::size_t admin_connections() {
  return std::clamp(free_descriptors() / admin_share, least_for_admin, net::server_limits{}.connections);
}

model::result<std::filesystem::path> wanted_state_directory(const std::optional<std::string>& asked) {
  return outbox::default_state_directory({asked, from_environment("STATE_DIRECTORY"),
                                          from_environment("XDG_STATE_HOME"), from_environment("HOME"), ::geteuid()});
}

std::string kept_gateway(const config::config& settings) {
  const auto wanted = wanted_state_directory(settings.state_dir);
  const auto directory = wanted ? outbox::visit_state_directory(*wanted) : wanted;
  auto store = directory ? outbox::visited_store::open(*directory) : std::unexpected(directory.error());
  const auto kept = store ? store->look() : std::unexpected(store.error());
  return kept ? kept->gateway : host_name();
}

model::result<keeping> open_store(const config::config& settings, machine& here, observe::log& messages) {
  const auto wanted = wanted_state_directory(settings.state_dir);
  if (!wanted) return std::unexpected(wanted.error());
  auto directory = outbox::state_directory::claim(*wanted);
  if (!directory) return std::unexpected(std::move(directory.error()));
  auto fingerprint = read_machine_fingerprint();
  if (fingerprint == outbox::fingerprint{}) {
    messages.warn(
        "this machine has neither a machine id nor a network address of its own: that the outbox was moved or "
        "copied to another one would not be noticed");
  }
  const outbox::store_parameters parameters{settings.gateway.value_or(host_name()),
                                            wire::uuid_v4(here.chance.next(), here.chance.next()),
                                            std::move(fingerprint), settings.outbox};
  auto store = outbox::sqlite_outbox::open(directory->path(), parameters, {here.time, here.chance, messages});
  if (!store) return std::unexpected(std::move(store.error()));
  return keeping{std::move(*directory), std::move(*store)};
}

}  // namespace edge_rollup::daemon
