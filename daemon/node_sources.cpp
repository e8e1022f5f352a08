#include "daemon/node_sources.hpp"

#include "fleet/list_file.hpp"
#include "fleet/read_list.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {
namespace {

using model::error_kind;

model::result<fleet::named_file> read_strictly(const std::string& file) {
  const auto text = fleet::read_list_file(file);
  if (!text) return std::unexpected(text.error());
  const std::string shown = file == "-" ? "stdin" : file;
  auto nodes = fleet::read_list(*text, shown);
  if (!nodes) return std::unexpected(std::move(nodes.error()));
  if (nodes->empty()) {
    return model::fail(error_kind::bad_data, fmt::format("the nodes file {} names no node", shown));
  }
  return fleet::named_file{file, std::make_shared<const std::vector<fleet::node_setting>>(std::move(*nodes)),
                           fleet::fingerprint_of(*text)};
}

}  // namespace

model::result<fleet::fleet_options> collect_nodes(const polling_flags& flags,
                                                  std::span<const fleet::named_file> read_before) {
  fleet::fleet_options collected;
  for (std::size_t i = 0; i < flags.nodes.size(); ++i) {
    auto url = wire::parse_node_url(flags.nodes[i]);
    if (!url) return model::fail(error_kind::usage, std::move(url.error().text));
    fleet::node_setting& added = collected.fixed.emplace_back();
    added.url = std::move(*url);
    added.place = fmt::format("argument {}", i + 1);
  }
  for (const std::string& file : flags.node_files) {
    const auto known = std::ranges::find(read_before, file, &fleet::named_file::path);
    if (known != read_before.end() && fleet::is_read_once(file)) {
      collected.named_files.push_back(*known);
      continue;
    }
    auto read = read_strictly(file);
    if (!read) return std::unexpected(std::move(read.error()));
    collected.named_files.push_back(std::move(*read));
  }
  return collected;
}

}  // namespace edge_rollup::daemon
