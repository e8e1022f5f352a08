#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <iterator>

namespace edge_rollup::wire {
namespace {

constexpr std::string_view ellipsis = "...";

std::string escaped(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
}

}  // namespace

std::string excerpt(std::string_view bytes, std::size_t max_bytes) {
  std::string out;
  std::size_t kept = 0;  // the longest prefix that still leaves room for the ellipsis
  for (const char c : bytes) {
    out += escaped(c);
    if (out.size() > max_bytes) {
      out.resize(kept);
      return out.append(ellipsis);
    }
    if (out.size() + ellipsis.size() <= max_bytes) kept = out.size();
  }
  return out;
}

}  // namespace edge_rollup::wire
