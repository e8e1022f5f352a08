// Makes text from outside safe to show: one line, valid UTF-8, no commands for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::observe {

/// Writes control characters (C0, DEL, C1), line and paragraph separators, direction marks and bytes that are not UTF-8
/// as escapes: `\n`, `\r`, `\t`, `\x1b`, `\u202e`. A result longer than `max_bytes` is cut before a whole character or
/// escape and ends in "…", which counts too.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t max_bytes);

}  // namespace edge_rollup::observe
