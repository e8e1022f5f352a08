#include "daemon/text/aligned_lines.hpp"

#include "daemon/text/paragraph.hpp"
#include "wire/excerpt.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace edge_rollup::daemon {
namespace {

std::string without_middle(const std::string& text, std::size_t room) {
  constexpr std::string_view ellipsis = "...";
  if (text.size() <= room) return text;
  const auto kept = room - ellipsis.size();
  const auto at_end = (kept + 1) / 2;
  return text.substr(0, kept - at_end).append(ellipsis).append(text, text.size() - at_end);
}

}  // namespace

std::vector<std::string> aligned_lines(std::span<const alignment> columns,
                                       std::span<const std::vector<std::string>> rows) {
  std::vector<std::size_t> widths(columns.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) widths[i] = std::max(widths[i], row.at(i).size());
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      if (i > 0) line += "  ";
      line += columns[i] == alignment::left ? row[i] + padding : padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

void fit_first_column(std::vector<std::vector<std::string>>& rows) {
  constexpr std::size_t shortest = 12;
  constexpr std::size_t between_columns = 2;
  std::size_t others = 0;
  for (std::size_t column = 1; column < rows.front().size(); ++column) {
    std::size_t widest = 0;
    for (const auto& row : rows) widest = std::max(widest, row[column].size());
    others += widest + between_columns;
  }
  const auto room = std::max(shortest, page_columns - std::min(page_columns, others));
  for (auto& row : rows) row.front() = without_middle(wire::excerpt(row.front(), std::string::npos), room);
}

}  // namespace edge_rollup::daemon
