// Keeps secrets out of what is quoted from a peer: one that was told a token may send it back in its answer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// Of a secret whose end was cut off, so many bytes are enough to be hidden.
inline constexpr std::size_t least_masked_bytes = 6;

/// `text` with "***" in place of each occurrence of `secret`, and of each beginning of it that is at least
/// least_masked_bytes long. An empty secret hides nothing.
[[nodiscard]] std::string mask_secret(std::string_view text, std::string_view secret);

}  // namespace edge_rollup::wire
