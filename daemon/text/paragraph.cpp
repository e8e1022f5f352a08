#include "daemon/text/paragraph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edge_rollup::daemon {

std::string paragraph(std::string_view label, std::size_t label_columns, std::string_view text) {
  auto made = fmt::format("{:<{}}", label, label_columns);
  auto column = label_columns;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool is_first = column == label_columns;
    if (!is_first && column + 1 + word.size() > page_columns) {
      made += "\n" + std::string(label_columns, ' ');
      column = label_columns;
    } else if (!is_first) {
      made += ' ';
      ++column;
    }
    made += word;
    column += word.size();
  }
  return made + "\n";
}

}  // namespace edge_rollup::daemon
