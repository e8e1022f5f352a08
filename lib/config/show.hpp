// Settings as people read them: what is in effect and where it comes from, and a file to begin with.
#pragma once

#include "config/settings.hpp"

#include <string>

namespace edge_rollup::config {

/// Every key with its value and where that was written, as YAML. Secrets are "***", or the file they are read from.
[[nodiscard]] std::string effective_text(const settings& values);

/// A file with every key at its default, explained and commented out, that works once nodes and cloud are filled in.
[[nodiscard]] std::string example_text();

}  // namespace edge_rollup::config
