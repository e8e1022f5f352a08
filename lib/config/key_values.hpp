// What the keys stand at, without the texts that say so: kept for as long as the settings are in effect, to tell at a
// reload what has changed.
#pragma once

#include "config/settings.hpp"

#include <map>
#include <string>
#include <string_view>

namespace edge_rollup::config {

struct key_value {
  setting_value value;
  std::string shown;  ///< nothing secret in it
};

/// By the names in the table. `nodes` is not among them: a fleet is compared node by node (fleet/node_changes.hpp).
using key_values = std::map<std::string_view, key_value>;

[[nodiscard]] key_values values_of(const settings& effective);

/// What the file says, or the default, where something is laid over it.
struct held_value {
  key_value below;
  std::string by;  ///< the flag or the variable
};

using held_values = std::map<std::string_view, held_value>;

}  // namespace edge_rollup::config
