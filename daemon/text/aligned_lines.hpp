// Cells in columns that are as wide as what stands in them, so that a table of anything lines up.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

enum class alignment { left, right };

/// One line a row, without its end and without blanks before it; two blanks between columns. Every row has a cell for
/// each of `columns`. Widths are counted in bytes.
[[nodiscard]] std::vector<std::string> aligned_lines(std::span<const alignment> columns,
                                                     std::span<const std::vector<std::string>> rows);

/// Cuts what stands in the first column to the room that the others leave on a page of 80 columns: in the middle, as
/// names of one fleet mostly differ at the end. There is at least one row.
void fit_first_column(std::vector<std::vector<std::string>>& rows);

}  // namespace edge_rollup::daemon
