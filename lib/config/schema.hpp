// The settings as a JSON Schema, for editors that check a file while it is written.
#pragma once

#include <string>

namespace edge_rollup::config {

/// JSON Schema 2020-12 of a settings file, indented, with a line break at the end.
[[nodiscard]] std::string schema_text();

}  // namespace edge_rollup::config
