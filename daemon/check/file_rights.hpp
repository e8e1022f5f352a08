// Who may read the files that the settings consist of and name.
#pragma once

#include "config/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

struct file_rights {
  std::vector<std::string> open_secrets;       ///< paths of secrets that every user may read
  std::vector<std::string> open_places;        ///< of secrets in settings that every user may read
  std::vector<std::string> closed_secrets;     ///< that only root may read, which is who asks
  std::vector<std::string> closed_files;       ///< likewise, of what is no secret
  std::optional<std::string> closed_settings;  ///< likewise, settings in which a secret stands
};

/// Looks at the files. `settings_file` is where the settings come from, `written_out` places in it where secrets stand.
/// What credentials are made of (in $CREDENTIALS_DIRECTORY) may belong to root alone.
[[nodiscard]] file_rights file_rights_of(const config::config& settings,
                                         const std::optional<std::string>& settings_file,
                                         const std::vector<std::string>& written_out);

}  // namespace edge_rollup::daemon
