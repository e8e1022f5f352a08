// Text beside a label, broken between words so that it fits a terminal of 80 columns. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::daemon {

inline constexpr std::size_t page_columns = 80;

/// One or more lines. `label_columns` is where the text begins; words that are longer than a line stand on their own.
[[nodiscard]] std::string paragraph(std::string_view label, std::size_t label_columns, std::string_view text);

}  // namespace edge_rollup::daemon
