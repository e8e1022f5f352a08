// Files of the project that tests read. Only source_file.cpp knows where it lies, so that a compiler cache can serve
// every other test in any checkout.
#pragma once

#include <string>
#include <string_view>

namespace edge_rollup::tests {

/// The absolute path of "docs/openapi.json", say.
[[nodiscard]] std::string source_file(std::string_view path);

}  // namespace edge_rollup::tests
