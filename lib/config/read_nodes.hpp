// The nodes a text lists: URLs, or maps that say more; and what nodes and the cloud have in common, auth and tls.
#pragma once

#include "config/read_value.hpp"
#include "config/settings.hpp"
#include "config/yaml_value.hpp"
#include "model/credentials.hpp"
#include "model/tls_options.hpp"

#include <memory>
#include <optional>
#include <string>

namespace edge_rollup::config {

/// Empty after a mistake. The same node or name twice is one.
[[nodiscard]] std::optional<setting> read_nodes(const std::string& shown_name, const yaml_value& from,
                                                const reading& with);

/// The keys auth.* and tls.* below `section` ("poll", "cloud", "" for a node). Null where none is set.
[[nodiscard]] std::shared_ptr<const model::credentials> credentials_in(const settings& values,
                                                                       const std::string& section, mistakes& wrong);
[[nodiscard]] std::shared_ptr<const model::tls_options> tls_in(const settings& values, const std::string& section,
                                                               mistakes& wrong);

}  // namespace edge_rollup::config
