// Bytes of a peer or a file inside a message for people: short, on one line, nothing a terminal would obey.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// The first bytes of `bytes` with everything but printable ASCII as \xNN, cut to at most `max_bytes` (at least 3), of
/// which the last three are "..." where something was cut.
[[nodiscard]] std::string excerpt(std::string_view bytes, std::size_t max_bytes);

}  // namespace edge_rollup::wire
