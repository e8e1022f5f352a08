// Reads the overview, or what cannot be kept up to date without looking, from the file.
#pragma once

#include "outbox/entry.hpp"

#include <SQLiteCpp/Database.h>

#include <optional>
#include <vector>

namespace edge_rollup::outbox {

/// Costs a walk over all rows, bodies left out. Throws SQLite::Exception.
[[nodiscard]] overview read_overview(const SQLite::Database& database);

/// The losses that no delivered rollup has told the cloud of, in sequence order. Throws SQLite::Exception.
[[nodiscard]] std::vector<model::lost_range> read_losses(const SQLite::Database& database);

/// When the first in line was stored, empty where nothing waits. Throws SQLite::Exception.
[[nodiscard]] std::optional<model::wall_time> read_oldest(const SQLite::Database& database);

}  // namespace edge_rollup::outbox
