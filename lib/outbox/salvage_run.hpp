// Carries what is readable of a damaged store over into the one that has taken its place, in small steps and in order.
#pragma once

#include "outbox/damaged_store.hpp"
#include "outbox/salvage_progress.hpp"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {

/// What a step has brought.
struct salvage_gain {
  salvage_progress progress;
  std::uint64_t pending = 0, dead = 0;  ///< rollups
  std::uint64_t bytes = 0;              ///< of their bodies, as stored
  std::uint64_t lost = 0;               ///< rollups that are known and cannot be read
  std::uint64_t blind_lookups = 0;      ///< of numbers that no index knows
};

/// Operation:   goes upwards through the numbers. Where reading ends in damage, the numbers that the indices know are
///              looked for one by one; where the indices cannot be read either, every number since the first known one.
///              A number that is known and cannot be read is declared lost (`damage`).
/// Concurrency: one thread at a time.
/// Limits:      a step reads about `step_bytes` of bodies, or `step_lookups` records that are damaged or looked for one
///              by one; in all, `most_lookups` numbers that no index knows are looked for.
class salvage_run {
 public:
  static constexpr std::uint64_t step_bytes = 1024 * 1024;
  static constexpr std::uint64_t step_lookups = 2'000;
  static constexpr std::uint64_t most_lookups = 100'000;

  /// Throws SQLite::Exception where the damaged store cannot be opened for a reason that may pass.
  salvage_run(const std::filesystem::path& directory, salvage_progress from);

  [[nodiscard]] const salvage_progress& progress() const noexcept { return progress_; }
  /// Nothing says whether anything is lost: no record was found, and the indices cannot be read.
  [[nodiscard]] bool knows_nothing() const noexcept {
    return !indexed_.complete && indexed_.found.empty() && progress_.saved + progress_.lost == 0;
  }

  /// Belongs into a transaction; `keep` says that it was committed. Throws SQLite::Exception.
  [[nodiscard]] salvage_gain step(const SQLite::Database& fresh);
  void keep(const salvage_gain& committed) {
    progress_ = committed.progress;
    blind_lookups_left_ -= committed.blind_lookups;
  }

 private:
  class one_step;
  [[nodiscard]] found_rows rows_from(std::uint64_t position);
  [[nodiscard]] std::optional<std::uint64_t> next_candidate(const salvage_gain& so_far, std::uint64_t below) const;
  [[nodiscard]] bool is_told(std::uint64_t sequence) const;

  damaged_store source_;
  salvage_progress progress_;
  indexed_numbers indexed_;
  std::vector<model::lost_range> told_;  ///< by the damaged store itself
  std::uint64_t blind_lookups_left_ = most_lookups;
  /// Where the last step ended, and the records behind: damaged ones may be many, and no number says how far they went.
  std::optional<std::pair<std::uint64_t, found_rows>> stands_at_;
};

}  // namespace edge_rollup::outbox
