#include "wire/utf8.hpp"

namespace edge_rollup::wire {
namespace {

/// How long a sequence with this first byte is, and which second bytes it allows; the others are 80..BF.
struct lead {
  std::size_t length;
  unsigned char second_low, second_high;
};

lead lead_of(unsigned char byte) noexcept {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

std::size_t utf8_length(std::string_view bytes) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.empty()) return 0;
  if (at(0) < 0x80) return 1;
  const lead first = lead_of(at(0));
  if (first.length == 0 || bytes.size() < first.length) return 0;
  if (at(1) < first.second_low || at(1) > first.second_high) return 0;
  for (std::size_t i = 2; i < first.length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  return first.length;
}

char32_t code_point(std::string_view character) noexcept {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead;
  char32_t code = lead & (0x7FU >> character.size());
  for (const char byte : character.substr(1)) code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  return code;
}

bool is_unsafe_to_show(char32_t code_point) noexcept {
  const auto within = [&](char32_t first, char32_t last) { return code_point >= first && code_point <= last; };
  return code_point < 0x20 || within(0x7F, 0x9F) || code_point == 0x61C || within(0x200E, 0x200F) ||
         within(0x2028, 0x202E) || within(0x2066, 0x2069);
}

std::string to_valid_utf8(std::string_view bytes, std::size_t max_bytes) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    const std::string_view character = length == 0 ? replacement_character : bytes.substr(0, length);
    if (out.size() + character.size() > max_bytes) break;
    out += character;
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace edge_rollup::wire
