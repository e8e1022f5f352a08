// A hash that is the same on every machine and in every version, for what must not change when the program does.
#pragma once

#include <cstdint>
#include <string_view>

namespace edge_rollup::wire {

/// FNV-1a, 64 bit. Spreads well, hides nothing.
[[nodiscard]] constexpr std::uint64_t stable_hash(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace edge_rollup::wire
