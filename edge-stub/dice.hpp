// Seeded chance in eight bytes, so that each of thousands of stub nodes has its own and every run can be repeated.
#pragma once

#include <cstdint>

namespace edge_rollup::stub {

/// The SplitMix64 sequence (Steele, Lea and Flood, 2014): neighbouring seeds give unrelated numbers.
class dice {
 public:
  constexpr explicit dice(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] constexpr std::uint64_t bits() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

  /// Uniform in 0 <= x < 1.
  [[nodiscard]] constexpr double unit() noexcept {
    constexpr double steps = 9007199254740992.0;  // 2^53, what a double holds exactly
    return static_cast<double>(bits() >> 11U) / steps;
  }

  /// True with this probability, 0..1.
  [[nodiscard]] constexpr bool happens(double probability) noexcept { return unit() < probability; }

 private:
  std::uint64_t state_;
};

}  // namespace edge_rollup::stub
