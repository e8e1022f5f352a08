#include "config/show.hpp"

#include "config/key_table.hpp"
#include "config/read_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace edge_rollup::config {
namespace {

constexpr std::size_t comment_column = 44;
constexpr std::size_t indentation = 2;
constexpr std::size_t line_width = 80;

/// Writes the headings of the sections that a key is in and the key before it was not.
class sections {
 public:
  /// Returns how deep the key stands.
  std::size_t enter(std::string_view key_name, std::string& out, std::string_view before_top_level) {
    auto parts = split_words(key_name);
    parts.pop_back();
    std::size_t same = 0;
    while (same < std::min(parts.size(), open_.size()) && parts[same] == open_[same]) ++same;
    for (std::size_t depth = same; depth < parts.size(); ++depth) {
      if (depth == 0) out += before_top_level;
      out += fmt::format("{:{}}{}:\n", "", depth * indentation, parts[depth]);
    }
    open_ = std::move(parts);
    return open_.size();
  }

 private:
  std::vector<std::string> open_;
};

std::string_view last_part(std::string_view key_name) {
  return key_name.substr(key_name.rfind('.') + 1);
}

/// Where a value comes from; what the text of a flag says is cut off.
std::string origin_of(const setting& value) {
  return value.is_default() ? "default" : value.where.text->place(value.where.at);
}

std::string comment(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end + indent + 2 > line_width) end = text.rfind(' ', line_width - indent - 2);
    out += fmt::format("{:{}}# {}\n", "", indent, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

constexpr std::string_view example_opening =
    "# Settings of edge-rollup. Everything but nodes and cloud.url may be left out:\n"
    "# the lines that begin with '#' and a key have its default.\n"
    "# Durations: 250ms, 30s, 5m, 12h, 7d. Sizes: 64KiB, 8MiB, 1GiB.\n"
    "# Text may use ${env:NAME}, ${env:NAME:-default}, ${file:/path}, ${cred:NAME};\n"
    "# $$ is a plain $.\n"
    "# Secrets from ${file:} are read again when the file changes.\n";

}  // namespace

std::string effective_text(const settings& values) {
  std::string out;
  sections open;
  for (const key& each : keys()) {
    const setting* const found = values.find(each.name);
    if (found == nullptr) continue;
    const auto depth = open.enter(each.name, out, "");
    const auto head = fmt::format("{:{}}{}:", "", depth * indentation, last_part(each.name));
    const bool is_block = found->shown.starts_with('\n');
    const auto line = is_block ? head : fmt::format("{} {}", head, found->shown);
    out += fmt::format("{:{}} # {}{}\n", line, comment_column, origin_of(*found), is_block ? found->shown : "");
  }
  return out;
}

std::string example_text() {
  std::string out(example_opening);
  sections open;
  for (const key& each : keys()) {
    const bool is_top = !each.name.contains('.');
    if (is_top) out += '\n';
    const auto depth = open.enter(each.name, out, "\n");
    const auto indent = depth * indentation;
    const auto range = each.most > 0 ? fmt::format(" ({})", range_text(each)) : std::string{};
    const auto words = each.type == value_type::word ? fmt::format(" ({})", each.words) : std::string{};
    out += comment(fmt::format("{}{}{}", each.help, words, range), indent);
    if (each.name == "nodes") {
      out += "nodes:\n  - http://10.0.0.5:8080\n";
      out += "  - {url: \"http://10.0.0.6:8080\", name: pump-6, labels: {site: north}}\n";
    } else if (each.name == "cloud.url") {
      out += "  url: https://ingest.example.com/v1/rollups\n";
    } else {
      out += fmt::format("{:{}}#{}: {}\n", "", indent, last_part(each.name), each.standard);
    }
  }
  return out;
}

}  // namespace edge_rollup::config
