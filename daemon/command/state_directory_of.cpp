#include "daemon/command/state_directory_of.hpp"

#include "config/layers.hpp"
#include "daemon/command/read_settings.hpp"
#include "daemon/machine.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::daemon {

namespace {

/// Of one key that is a text; what is wrong with others is of no matter.
model::result<std::optional<std::string>> setting_of(const settings_flags& flags, std::string_view key) {
  config::layers all(references_of_this_machine(secrets_wanted::none));
  if (auto added = add_settings(all, flags); !added) return std::unexpected(std::move(added.error()));
  if (all.is_cut_off() || all.effective().is_mistaken(key)) return std::unexpected(all.wrong().as_error());
  const auto* const text = all.effective().get<std::string>(key);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

}  // namespace

model::result<std::filesystem::path> state_directory_of(const settings_flags& flags) {
  const auto path = setting_of(flags, "state_dir");
  if (!path) return std::unexpected(path.error());
  return wanted_state_directory(*path);
}

model::result<std::optional<std::string>> gateway_of(const settings_flags& flags) {
  return setting_of(flags, "gateway");
}

}  // namespace edge_rollup::daemon
