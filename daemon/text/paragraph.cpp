#include "daemon/text/paragraph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edge_rollup::daemon {
namespace {

/// Up to the next space at which a line may end: a number stays with its unit and the rest of its digits.
std::string_view first_word(std::string_view text) {
  const auto ends_number = [&text](std::size_t at) { return at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9'; };
  auto end = text.find(' ');
  while (end != std::string_view::npos && ends_number(end)) end = text.find(' ', end + 1);
  return text.substr(0, end);
}

}  // namespace

std::string paragraph(std::string_view label, std::size_t label_columns, std::string_view text) {
  auto made = fmt::format("{:<{}}", label, label_columns);
  auto column = label_columns;
  while (!text.empty()) {
    const auto word = first_word(text);
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
