// Only strings can hold brackets and commas that are none, so they are the only tokens that are looked into.
#include "wire/indented_json.hpp"

#include <cstddef>

namespace edge_rollup::wire {
namespace {

constexpr std::size_t blanks_a_level = 2;

/// The offset after the string that begins at `begin`.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  std::size_t at = begin + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2U : 1U;
  return at + 1;
}

}  // namespace

std::string indented_json(std::string_view text) {
  std::string out;
  std::size_t level = 0;
  const auto break_line = [&] { out.append(1, '\n').append(level * blanks_a_level, ' '); };
  bool just_opened = false;
  for (std::size_t at = 0; at < text.size();) {
    const char next = text[at];
    if (next == ' ' || next == '\t' || next == '\n' || next == '\r') {
      ++at;
      continue;
    }
    const bool closes = next == '}' || next == ']';
    if (closes) --level;
    if (closes != just_opened) break_line();
    just_opened = next == '{' || next == '[';
    const auto end = next == '"' ? end_of_string(text, at) : at + 1;
    out += text.substr(at, end - at);
    at = end;
    if (just_opened) ++level;
    if (next == ',') break_line();
    if (next == ':') out += ' ';
  }
  return out;
}

}  // namespace edge_rollup::wire
