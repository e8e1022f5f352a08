// Keeps secrets out of a quoted text that is a URL, or was meant to be one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// Of a URL what may stand in a message: "***" instead of everything up to the last '@', which may end a password, and
/// of query and fragment. An excerpt (wire/excerpt.hpp) of at most `max_bytes`.
[[nodiscard]] std::string mask_url(std::string_view text, std::size_t max_bytes);

}  // namespace edge_rollup::wire
