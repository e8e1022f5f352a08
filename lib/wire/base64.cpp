#include "wire/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace edge_rollup::wire {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t group = 4;  // digits, for three bytes

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % group != 0) return std::nullopt;
  const auto padding = text.size() - (text.find_last_not_of('=') + 1);
  if (padding >= group - 1) return std::nullopt;
  std::string bytes;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = i < text.size() - padding ? digits.find(text[i]) : 0;
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(digit)) & 0xFF'FFFFU;
    if (i % group != group - 1) continue;
    for (const unsigned shift : {16U, 8U, 0U}) bytes += static_cast<char>(bits >> shift & 0xFFU);
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace edge_rollup::wire
