// The table of losses: rollups that were discarded unsent, and from which rollup on the cloud is told of it.
#pragma once

#include "model/rollup.hpp"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace edge_rollup::outbox {

/// So many ranges stand in one rollup; those beyond wait for a later one. Discards in order make one range, so more
/// come only of damage or dead letters in many places.
inline constexpr std::size_t told_ranges = 256;

/// Losses that no delivered rollup has told the cloud of, in sequence order, at most `limit`.
[[nodiscard]] std::vector<model::lost_range> read_losses(const SQLite::Database& database,
                                                         std::size_t limit = told_ranges);

/// Notes a loss and counts it; what is noted already stays as it is. Ranges of the same reason that touch become one.
/// The rollup `declared_in` is the first that can tell of it. Returns how many rollups were not noted before.
std::uint64_t declare_loss(const SQLite::Database& database, const model::lost_range& lost, std::uint64_t declared_in);

/// A rollup that was given up while it was on its way has arrived: as long as the cloud was not told, it is not. It
/// stays counted. Returns whether it was noted.
bool take_loss_back(const SQLite::Database& database, std::uint64_t arrived);

/// The first rollup that is sure to tell of a loss found now. The next one may be written already, and while rollups
/// are held in memory all of the reserved numbers may be.
[[nodiscard]] std::uint64_t first_to_tell(const SQLite::Database& database);

/// What has no room in one rollup (`told_ranges`) is told by the rollup `first` or a later one. Belongs before each
/// change that makes room: a rollup that is written already does not tell what moves up.
void put_off_telling(const SQLite::Database& database, std::uint64_t first);

/// Rollups below `first` were made without knowing of what is noted so far: none of them tells of it.
void tell_not_before(const SQLite::Database& database, std::uint64_t first);

/// The rollup `delivered` has told the cloud; returns whether it told of a loss.
bool forget_told(const SQLite::Database& database, std::uint64_t delivered);

}  // namespace edge_rollup::outbox
