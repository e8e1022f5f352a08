#include "daemon/beside/node_list_table.hpp"

#include "daemon/text/age_text.hpp"
#include "daemon/text/aligned_lines.hpp"
#include "daemon/text/paragraph.hpp"
#include "daemon/text/round_table.hpp"
#include "daemon/text/took_text.hpp"
#include "model/grouped.hpp"
#include "wire/excerpt.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {
namespace {

using wire::json_view;

constexpr std::size_t most_state_bytes = 10;
constexpr std::size_t most_text_bytes = 1024;  // of what a daemon says
constexpr std::string_view indent = "    ";
constexpr std::array columns{alignment::left,  alignment::left, alignment::left, alignment::right,
                             alignment::right, alignment::left, alignment::right};

std::string text_of(const json_view& value, std::size_t most_bytes) {
  return wire::excerpt(value.text().value_or("-"), most_bytes);
}

std::string since_text(const json_view& value, model::wall_time now) {
  const auto text = value.text();
  const auto time = text ? wire::parse_timestamp(*text) : std::nullopt;
  return time ? age_text(now - *time) : "-";
}

/// In digits while they leave room for the rest.
std::string records_text(std::uint64_t records) {
  constexpr std::uint64_t most_in_digits = 999'999'999'999;
  return records <= most_in_digits ? model::grouped(records) : fmt::format("{:.3e}", static_cast<double>(records));
}

std::vector<std::string> cells_of(const json_view& node, model::wall_time now) {
  const auto records = node.at("records").count();
  const auto quality = node.at("quality").real();
  const auto latency = node.at("latency_ms").real();
  return {text_of(node.at("name"), most_text_bytes),
          text_of(node.at("state"), most_state_bytes),
          since_text(node.at("since"), now),
          records ? records_text(*records) : "-",
          quality ? fmt::format("{:.3f}", *quality) : "-",
          text_of(node.at("freshness"), most_state_bytes),
          latency ? took_text(*latency) : "-"};
}

bool is_troubled(const json_view& node) {
  return node.at("state").text() != "ok" || node.at("freshness").text() == "stale";
}

std::vector<json_view> in_order(std::span<const json_view> nodes) {
  std::vector<json_view> ordered(nodes.begin(), nodes.end());
  if (ordered.size() > rows_before_shortening) std::ranges::stable_partition(ordered, is_troubled);
  return ordered;
}

}  // namespace

std::string node_list_table(std::span<const json_view> nodes, model::wall_time now, long_text wanted) {
  const auto most_of_trouble = wanted == long_text::cut ? page_columns - indent.size() : most_text_bytes;
  std::vector<std::vector<std::string>> rows{{"NODE", "STATE", "SINCE", "RECORDS", "QUALITY", "DATA", "TIME"}};
  std::vector<std::string> troubles{""};
  std::map<std::string, std::uint64_t> states;
  for (const auto& node : in_order(nodes)) {
    rows.push_back(cells_of(node, now));
    ++states[rows.back()[1]];
    const auto error = node.at("error").text();
    troubles.push_back(error ? fmt::format("{}{}\n", indent, wire::excerpt(*error, most_of_trouble)) : "");
  }
  if (wanted == long_text::cut) fit_first_column(rows);
  std::string text;
  const auto lines = aligned_lines(columns, rows);
  for (std::size_t i = 0; i < lines.size(); ++i) text += lines[i] + "\n" + troubles[i];
  text += fmt::format("\nnodes  {} of {} ok", model::grouped(states["ok"]), model::grouped(nodes.size()));
  for (const auto& [state, count] : states) {
    if (state != "ok") text += fmt::format(", {} {}", model::grouped(count), state);
  }
  return text + "\n";
}

}  // namespace edge_rollup::daemon
