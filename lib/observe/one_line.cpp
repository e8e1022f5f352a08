#include "observe/one_line.hpp"

#include "wire/utf8.hpp"

#include <fmt/format.h>

namespace edge_rollup::observe {

namespace {

std::string shown(std::string_view character) {
  const char32_t code = wire::code_point(character);
  switch (code) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (!wire::is_unsafe_to_show(code)) return std::string(character);
  if (code < 0x80) return fmt::format("\\x{:02x}", static_cast<unsigned>(code));
  return fmt::format("\\u{:04x}", static_cast<unsigned>(code));
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
