// The 128 bits in two halves. In the high half: 48 bits of time or chance, 4 of version, 12 more; in the low half: 2 of
// variant, 62 more (RFC 9562 §4).
#include "wire/uuid.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edge_rollup::wire {
namespace {

constexpr std::uint64_t low_bits(int count) noexcept {
  return (std::uint64_t{1} << count) - 1;
}

constexpr int time_bits = 48;
constexpr int variant_shift = 62;
constexpr std::uint64_t rfc_variant = 0b10;

std::string to_text(std::uint64_t first_48, std::uint64_t version, std::uint64_t next_12, std::uint64_t last_62) {
  const auto low = (rfc_variant << variant_shift) | (last_62 & low_bits(variant_shift));
  return fmt::format("{:08x}-{:04x}-{:01x}{:03x}-{:04x}-{:012x}", first_48 >> 16, first_48 & low_bits(16), version,
                     next_12 & low_bits(12), low >> 48, low & low_bits(48));
}

}  // namespace

std::string uuid_v4(std::uint64_t random_high, std::uint64_t random_low) {
  return to_text(random_high >> (64 - time_bits), 4, random_high, random_low);
}

std::string uuid_v7(model::wall_time made, std::uint64_t random_high, std::uint64_t random_low) {
  constexpr auto latest_ms = static_cast<std::int64_t>(low_bits(time_bits));
  const std::int64_t unix_ms = made.time_since_epoch().count();
  const auto fitting_ms = std::clamp<std::int64_t>(unix_ms, 0, latest_ms);
  return to_text(static_cast<std::uint64_t>(fitting_ms), 7, random_high, random_low);
}

}  // namespace edge_rollup::wire
