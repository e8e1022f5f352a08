#include "daemon/command/state_directory_of.hpp"

#include "config/layers.hpp"
#include "daemon/command/read_settings.hpp"
#include "daemon/machine.hpp"

#include <optional>
#include <string>
#include <utility>

namespace edge_rollup::daemon {

model::result<std::filesystem::path> state_directory_of(const settings_flags& flags) {
  config::layers all(references_of_this_machine(secret_files_wanted::any));
  if (auto added = add_settings(all, flags); !added) return std::unexpected(std::move(added.error()));
  if (all.is_cut_off() || all.effective().is_mistaken("state_dir")) return std::unexpected(all.wrong().as_error());
  const auto* const path = all.effective().get<std::string>("state_dir");
  return wanted_state_directory(path == nullptr ? std::nullopt : std::optional(*path));
}

}  // namespace edge_rollup::daemon
