#include "fleet/read_list.hpp"

#include "wire/nodes_file.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

namespace edge_rollup::fleet {

static_assert(max_nodes == wire::max_listed_nodes, "one list may hold the whole fleet");

std::uint64_t fingerprint_of(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

model::result<std::vector<node_setting>> read_list(std::string_view text, std::string_view name) {
  auto listed = wire::parse_nodes_file(text, name);
  if (!listed) return std::unexpected(std::move(listed.error()));
  std::vector<node_setting> nodes;
  nodes.reserve(listed->size());
  for (wire::listed_node& each : *listed) {
    node_setting& added = nodes.emplace_back();
    added.url = std::move(each.url);
    added.path = std::move(each.path);
    added.labels = std::move(each.labels);
    added.place = fmt::format("{}:{}", name, each.line);
    added.origin = node_origin::file;
  }
  return nodes;
}

model::result<std::vector<node_setting>> read_http_list(std::string_view text, std::string_view name) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '[') {
    return model::fail(model::error_kind::bad_data, fmt::format("{}: the answer is not a JSON array", name));
  }
  return read_list(text, name);
}

}  // namespace edge_rollup::fleet
