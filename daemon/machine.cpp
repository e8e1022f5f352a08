// Descriptors are shared out here: the store, the cloud, the log and the loop keep their reserve before any node is
// asked.
#include "daemon/machine.hpp"

#include "outbox/default_directory.hpp"
#include "runtime/descriptor_limit.hpp"
#include "wire/uuid.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t reserved_descriptors = 32;
constexpr std::size_t least_for_nodes = 8;

std::size_t descriptors_for_nodes() {
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

}  // namespace

surroundings machine::around(observe::log& messages) {
  return {loop.get_executor(), time, chance, network, messages, host_name(), descriptors_for_nodes()};
}

model::result<keeping> open_store(const std::optional<std::string>& asked, runtime::entropy& chance) {
  const auto wanted =
      outbox::default_state_directory({asked, from_environment("STATE_DIRECTORY"), from_environment("XDG_STATE_HOME"),
                                       from_environment("HOME"), ::geteuid()});
  if (!wanted) return std::unexpected(wanted.error());
  auto directory = outbox::state_directory::claim(*wanted);
  if (!directory) return std::unexpected(std::move(directory.error()));
  auto store =
      outbox::sqlite_outbox::open(directory->path(), {host_name(), wire::uuid_v4(chance.next(), chance.next())});
  if (!store) return std::unexpected(std::move(store.error()));
  return keeping{std::move(*directory), std::move(*store)};
}

}  // namespace edge_rollup::daemon
