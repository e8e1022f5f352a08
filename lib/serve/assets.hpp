// Files that are served as they are, built into the program.
#pragma once

#include <string_view>

namespace edge_rollup::serve {

/// The page at "/".
[[nodiscard]] std::string_view index_page() noexcept;

/// docs/openapi.json.
[[nodiscard]] std::string_view api_description() noexcept;

}  // namespace edge_rollup::serve
