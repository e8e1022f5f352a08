// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";  ///< U+FFFD

/// The length in bytes, 1..4, of the valid sequence `bytes` begins with (RFC 3629 §4); 0 where it begins with none.
[[nodiscard]] std::size_t utf8_length(std::string_view bytes) noexcept;

/// The number of the valid sequence that is all of `character`.
[[nodiscard]] char32_t code_point(std::string_view character) noexcept;

/// Control characters (C0, DEL, C1), line and paragraph separators, and marks that turn the direction of what follows:
/// with them a text from outside breaks a line, commands a terminal, or reads as what it is not.
[[nodiscard]] bool is_unsafe_to_show(char32_t code_point) noexcept;

/// `bytes` with each byte that belongs to no valid sequence replaced by U+FFFD, cut between two characters to at most
/// `max_bytes`.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes, std::size_t max_bytes);

/// Appends the character `code_point`, which is not a surrogate and at most U+10FFFF.
void append_utf8(std::string& out, char32_t code_point);

}  // namespace edge_rollup::wire
