// Whether there is room for one more rollup on a disk that others use too. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace edge_rollup::outbox {

/// Operation:   below the bound nothing is stored any more; only clearly above it, storing begins again, so that a disk
///              at its brim does not make the outbox flutter.
/// Concurrency: a value.
class room_rule {
 public:
  static constexpr std::uint64_t auto_bytes = 100ULL * 1024 * 1024;
  static constexpr std::uint64_t auto_share = 20;     ///< 5 % of the disk
  static constexpr std::uint64_t again_quarters = 5;  ///< a quarter more than the bound lets storing begin again

  /// `min_free`: bytes left to others; empty: the lesser of `auto_bytes` and 5 % of the disk.
  explicit room_rule(std::optional<std::uint64_t> min_free) : min_free_{min_free} {}

  /// `free` and `total` bytes of the disk.
  [[nodiscard]] bool allows(std::uint64_t free, std::uint64_t total) noexcept {
    const auto bound = bound_of(total);
    tight_ = free < (tight_ ? bound / 4 * again_quarters : bound);
    return !tight_;
  }

  /// Bytes that may still be stored before the bound is reached.
  [[nodiscard]] std::uint64_t room(std::uint64_t free, std::uint64_t total) const noexcept {
    return free - std::min(free, bound_of(total));
  }

 private:
  [[nodiscard]] std::uint64_t bound_of(std::uint64_t total) const noexcept {
    return min_free_.value_or(std::min(auto_bytes, total / auto_share));
  }

  std::optional<std::uint64_t> min_free_;
  bool tight_ = false;
};

}  // namespace edge_rollup::outbox
