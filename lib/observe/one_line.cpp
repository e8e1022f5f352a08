#include "observe/one_line.hpp"

#include "wire/utf8.hpp"

#include <fmt/format.h>

namespace edge_rollup::observe {

namespace {

// The number of a character that is known to be valid UTF-8.
constexpr char32_t code_point(std::string_view character) noexcept {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead;
  char32_t code = lead & (0x7FU >> character.size());
  for (const char byte : character.substr(1)) code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  return code;
}

// Separators that some viewers break lines at, and marks that turn the direction of what follows.
constexpr bool breaks_or_turns(char32_t code) noexcept {
  return code == 0x61C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::string shown(std::string_view character) {
  const char32_t code = code_point(character);
  switch (code) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (code < 0x20 || code == 0x7F) return fmt::format("\\x{:02x}", static_cast<unsigned>(code));
  if ((code >= 0x80 && code < 0xA0) || breaks_or_turns(code)) {
    return fmt::format("\\u{:04x}", static_cast<unsigned>(code));
  }
  return std::string(character);
}

}  // namespace

std::string one_line(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view ellipsis = "…";
  std::string line;
  std::size_t kept = 0;  // the longest prefix that leaves room for the ellipsis
  while (!text.empty()) {
    const std::size_t length = wire::utf8_length(text);
    line += length == 0 ? fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()))
                        : shown(text.substr(0, length));
    if (line.size() > max_bytes) return line.substr(0, kept).append(ellipsis);
    if (line.size() + ellipsis.size() <= max_bytes) kept = line.size();
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return line;
}

}  // namespace edge_rollup::observe
