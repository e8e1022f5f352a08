// Files that are served as they are, built into the program: those of the page, and the description of the API.
#pragma once

#include <span>
#include <string_view>

namespace edge_rollup::serve {

struct asset {
  std::string_view name;  ///< below "/page/"; empty for the page itself, at "/"; docs/openapi.json is one, too
  std::string_view content_type;
  std::string_view tag;     ///< of its content: two files of one tag are the same
  std::string_view packed;  ///< the file as one gzip member (RFC 1952)
};

[[nodiscard]] std::span<const asset> page_assets() noexcept;

}  // namespace edge_rollup::serve
