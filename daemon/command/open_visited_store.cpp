#include "daemon/command/open_visited_store.hpp"

#include "daemon/command/state_directory_of.hpp"
#include "outbox/state_directory.hpp"

namespace edge_rollup::daemon {

model::result<outbox::visited_store> open_visited_store(const settings_flags& flags) {
  const auto wanted = state_directory_of(flags);
  if (!wanted) return std::unexpected(wanted.error());
  const auto directory = outbox::visit_state_directory(*wanted);
  if (!directory) return std::unexpected(directory.error());
  return outbox::visited_store::open(*directory);
}

}  // namespace edge_rollup::daemon
