// Every node in one letter, for who shows all of them at once.
#pragma once

#include "serve/node_board.hpp"

#include <string>
#include <string_view>

namespace edge_rollup::serve {

enum class grid_names { left_out, told };

/// With names it takes milliseconds where there are ten thousand nodes.
[[nodiscard]] std::string grid_json(const node_board& board, grid_names names);

/// The ETag of that: changes with each round, with names only when there are other nodes, and with each process.
[[nodiscard]] std::string grid_tag(const node_board& board, grid_names names, std::string_view instance);

}  // namespace edge_rollup::serve
