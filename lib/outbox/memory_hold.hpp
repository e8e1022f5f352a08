// The newest rollup, kept in memory while the disk takes none, and what had to give way to it. Pure.
#pragma once

#include "outbox/entry.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {

/// A loss, and the first rollup that can tell of it.
struct declared_loss {
  model::lost_range lost;
  std::uint64_t declared_in = 0;
};

/// Operation:   numbers are used here that the store on disk only knows as reserved.
/// Concurrency: a value.
/// Limits:      one rollup.
class memory_hold {
 public:
  explicit memory_hold(std::uint64_t next) : next_{next} {}

  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_; }
  /// The first number that the store on disk has not accounted for.
  [[nodiscard]] std::uint64_t first_open() const noexcept { return newest_ ? newest_->second.sequence : next_; }
  [[nodiscard]] const std::optional<std::pair<entry, record>>& newest() const noexcept { return newest_; }
  [[nodiscard]] const std::vector<declared_loss>& dropped() const noexcept { return dropped_; }
  [[nodiscard]] std::uint64_t dropped_in_all() const noexcept { return dropped_in_all_; }

  /// `made` takes the place of the newest, which is lost.
  void take(record made);
  /// What was dropped stands on disk.
  void forget_dropped() noexcept { dropped_.clear(); }
  /// The newest stands on disk after all.
  void forget_newest() noexcept { newest_.reset(); }
  /// The part of `change` that is about what is held here.
  void settle(const settlement& change);
  /// The overview of the store on disk, completed.
  [[nodiscard]] overview over(overview disk) const;

 private:
  std::uint64_t next_;
  std::optional<std::pair<entry, record>> newest_;
  std::vector<declared_loss> dropped_;
  std::uint64_t dropped_in_all_ = 0;
};

}  // namespace edge_rollup::outbox
