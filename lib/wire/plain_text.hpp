// Text that stands in a JSON string as it is: what both its reader and its writer pass over fast, for most text is so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace edge_rollup::wire {

/// ASCII without control characters, quotes and backslashes (RFC 8259 §7).
[[nodiscard]] constexpr bool is_plain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/// Whether eight characters are plain. A subtraction borrows from the next byte only where a byte is not plain itself,
/// so that the answer is exact for all eight together, though not for each.
[[nodiscard]] constexpr bool are_plain(std::uint64_t eight) noexcept {
  constexpr std::uint64_t each = 0x0101010101010101U;
  const std::uint64_t controls = eight - each * 0x20;
  const std::uint64_t quotes = (eight ^ each * '"') - each;
  const std::uint64_t backslashes = (eight ^ each * '\\') - each;
  return ((eight | controls | quotes | backslashes) & each * 0x80) == 0;
}

/// How many plain characters `text` begins with.
[[nodiscard]] inline std::size_t plain_prefix(std::string_view text) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  for (std::uint64_t eight = 0; end - at >= static_cast<std::ptrdiff_t>(sizeof eight); at += sizeof eight) {
    std::memcpy(&eight, at, sizeof eight);
    if (!are_plain(eight)) break;
  }
  while (at != end && is_plain(*at)) ++at;
  return static_cast<std::size_t>(at - begin);
}

}  // namespace edge_rollup::wire
