// Standard input, output and error as the process got them.
#pragma once

#include "model/result.hpp"

#include <string_view>

namespace edge_rollup::daemon {

/// Opens /dev/null on each of the descriptors 0 to 2 that is closed: a file opened later would take its place and be
/// written over with messages.
void fill_closed_standard_streams() noexcept;

/// Writes all of `text` to standard output. Error kind disk where that fails.
[[nodiscard]] model::result<void> print(std::string_view text);

/// One line on standard error; where that fails there is nobody to tell.
void complain(std::string_view line) noexcept;

}  // namespace edge_rollup::daemon
