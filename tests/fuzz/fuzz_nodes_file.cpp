// Input: a list of nodes in either form. What was read, written out again in both forms, must read the same; what was
// not read must be told in lines that name the file.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/nodes_file.hpp"
#include "wire/url.hpp"
#include "wire/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace edge_rollup;

constexpr std::string_view file_name = "nodes.txt";

std::string as_lines(const std::vector<wire::listed_node>& nodes) {
  std::string text;
  for (const auto& node : nodes) text += wire::to_string(node.url) + " # a node\r\n";
  return text;
}

std::string as_file_sd(const std::vector<wire::listed_node>& nodes) {
  auto groups = nlohmann::ordered_json::array();
  for (const auto& node : nodes) {
    auto labels = nlohmann::ordered_json::object();
    for (const auto& [name, value] : node.labels) labels[name] = value;
    if (node.path) labels["__metrics_path__"] = *node.path;
    groups.push_back({{"targets", {wire::to_string(node.url)}}, {"labels", std::move(labels)}});
  }
  return groups.dump();
}

std::vector<wire::listed_node> without_lines(std::vector<wire::listed_node> nodes) {
  for (auto& node : nodes) node.line = 0;
  return nodes;
}

std::vector<model::url> urls_of(const std::vector<wire::listed_node>& nodes) {
  std::vector<model::url> urls;
  for (const auto& node : nodes) urls.push_back(node.url);
  return urls;
}

void check_nodes(const std::vector<wire::listed_node>& nodes, std::size_t last_line) {
  EDGE_ROLLUP_INVARIANT(nodes.size() <= wire::max_listed_nodes);
  for (const auto& node : nodes) {
    EDGE_ROLLUP_INVARIANT(node.line >= 1 && node.line <= last_line);
    EDGE_ROLLUP_INVARIANT(!node.path || node.path->starts_with('/'));
    for (const auto& [name, value] : node.labels) {
      EDGE_ROLLUP_INVARIANT(!name.empty() && !name.starts_with("__"));
      EDGE_ROLLUP_INVARIANT(wire::to_valid_utf8(value, value.size()) == value);
    }
  }
  const auto from_lines = wire::parse_nodes_file(as_lines(nodes), file_name);
  EDGE_ROLLUP_INVARIANT(from_lines && urls_of(*from_lines) == urls_of(nodes));
  const auto from_json = wire::parse_nodes_file(as_file_sd(nodes), file_name);
  EDGE_ROLLUP_INVARIANT(from_json && without_lines(*from_json) == without_lines(nodes));
}

void check_mistakes(const model::error& error, std::size_t last_line) {
  EDGE_ROLLUP_INVARIANT(error.kind == model::error_kind::bad_data);
  std::size_t lines = 0;
  for (std::string_view rest = error.text; !rest.empty(); ++lines) {
    const auto line = tests::take_line(rest);
    EDGE_ROLLUP_INVARIANT(line.starts_with(file_name));
    const auto place = line.substr(file_name.size() + 1);
    std::size_t number = 0;
    const auto read = std::from_chars(place.data(), place.data() + place.size(), number);
    const bool counts_the_rest = lines == wire::max_reported_lines;
    EDGE_ROLLUP_INVARIANT(counts_the_rest || (read.ec == std::errc{} && number >= 1 && number <= last_line));
    EDGE_ROLLUP_INVARIANT(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
  }
  EDGE_ROLLUP_INVARIANT(lines >= 1 && lines <= wire::max_reported_lines + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = tests::as_text(data, size);
  const auto last_line = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  const auto nodes = wire::parse_nodes_file(text, file_name);
  if (nodes) {
    check_nodes(*nodes, last_line);
  } else {
    check_mistakes(nodes.error(), last_line);
  }
  return 0;
}
