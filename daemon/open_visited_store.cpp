#include "daemon/open_visited_store.hpp"

#include "daemon/machine.hpp"
#include "outbox/state_directory.hpp"

namespace edge_rollup::daemon {

model::result<outbox::visited_store> open_visited_store(const std::optional<std::string>& asked) {
  const auto wanted = wanted_state_directory(asked);
  if (!wanted) return std::unexpected(wanted.error());
  const auto directory = outbox::visit_state_directory(*wanted);
  if (!directory) return std::unexpected(directory.error());
  return outbox::visited_store::open(*directory);
}

}  // namespace edge_rollup::daemon
