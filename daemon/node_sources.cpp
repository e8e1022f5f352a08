// Files are read whole: the longest list that is accepted fits into memory easily.
#include "daemon/node_sources.hpp"

#include "wire/nodes_file.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using model::error_kind;

constexpr std::size_t max_list_bytes = 256 * 1024 * 1024;

struct close_file {
  void operator()(std::FILE* file) const noexcept {
    if (file != stdin) std::fclose(file);
  }
};

model::result<std::string> read_list(const std::string& name) {
  const auto failed = [&name] {
    const auto kind = errno == ENOENT || errno == EISDIR ? error_kind::no_input
                      : errno == EACCES                  ? error_kind::permission
                                                         : error_kind::disk;
    return model::fail(kind,
                       fmt::format("cannot read the nodes file {}: {}", name, std::system_category().message(errno)));
  };
  const std::unique_ptr<std::FILE, close_file> file(name == "-" ? stdin : std::fopen(name.c_str(), "re"));
  if (!file) return failed();
  std::string text;
  std::array<char, 65'536> buffer;
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), got);
    if (text.size() > max_list_bytes) {
      return model::fail(error_kind::bad_data, fmt::format("the nodes file {} is over {} bytes", name, max_list_bytes));
    }
  }
  if (std::ferror(file.get()) != 0) return failed();
  return text;
}

}  // namespace

model::result<std::vector<config::node_setting>> collect_nodes(const polling_flags& flags) {
  std::vector<config::node_setting> nodes;
  for (std::size_t i = 0; i < flags.nodes.size(); ++i) {
    auto url = wire::parse_node_url(flags.nodes[i]);
    if (!url) return model::fail(error_kind::usage, std::move(url.error().text));
    nodes.push_back({std::move(*url), {}, {}, fmt::format("argument {}", i + 1), config::node_origin::argument});
  }
  for (const std::string& name : flags.node_files) {
    auto text = read_list(name);
    if (!text) return std::unexpected(std::move(text.error()));
    const std::string shown = name == "-" ? "stdin" : name;
    auto listed = wire::parse_nodes_file(*text, shown);
    if (!listed) return std::unexpected(std::move(listed.error()));
    if (listed->empty())
      return model::fail(error_kind::bad_data, fmt::format("the nodes file {} names no node", shown));
    for (auto& each : *listed) {
      nodes.push_back({std::move(each.url), std::move(each.path), std::move(each.labels),
                       fmt::format("{}:{}", shown, each.line), config::node_origin::file});
    }
  }
  return nodes;
}

}  // namespace edge_rollup::daemon
