// Reads the text of a list to settings of nodes.
#pragma once

#include "fleet/fleet_options.hpp"
#include "model/result.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace edge_rollup::fleet {

/// Tells the text of a list from the one that was read before, within this process.
[[nodiscard]] std::uint64_t fingerprint_of(std::string_view text);

/// Of a nodes file; `name` is what messages call it. Errors: those of wire::parse_nodes_file.
[[nodiscard]] model::result<std::vector<node_setting>> read_list(std::string_view text, std::string_view name);

/// Of an http_sd answer, which is JSON only.
[[nodiscard]] model::result<std::vector<node_setting>> read_http_list(std::string_view text, std::string_view name);

}  // namespace edge_rollup::fleet
