#include "serve/grid_page.hpp"

#include "wire/json_writer.hpp"

#include <fmt/format.h>

namespace edge_rollup::serve {

std::string grid_json(const node_board& board, grid_names names) {
  std::string body;
  wire::json_writer out(body);
  out.begin_object().key("round").integer(board.rounds()).key("list").integer(board.list());
  out.key("states").text(board.letters());
  if (names == grid_names::told) {
    out.key("names").begin_array();
    for (std::size_t i = 0; i < board.size(); ++i) out.text(board.at(i).node.name);
    out.end_array();
  }
  out.end_object();
  return body;
}

std::string grid_tag(const node_board& board, grid_names names, std::string_view instance) {
  if (names == grid_names::told) return fmt::format("\"{}-{}\"", instance, board.list());
  return fmt::format("\"{}-{}-{}\"", instance, board.list(), board.rounds());
}

}  // namespace edge_rollup::serve
