// Reads the overview, or what cannot be kept up to date without looking, from the file.
#pragma once

#include "outbox/entry.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>

namespace edge_rollup::outbox {

/// Costs a walk over all rows, bodies left out. Throws SQLite::Exception.
[[nodiscard]] overview read_overview(const SQLite::Database& database);

/// When a rollup was stored: by the wall clock, and by the store's own time.
struct storing_time {
  model::wall_time stored_at;
  model::milliseconds kept_at;
};

/// Of the first in line, empty where nothing waits. Throws SQLite::Exception.
[[nodiscard]] std::optional<storing_time> read_oldest(const SQLite::Database& database);

/// What the store takes of the disk, free pages and the write-ahead log not counted. Throws SQLite::Exception.
[[nodiscard]] std::uint64_t read_file_bytes(const SQLite::Database& database);

}  // namespace edge_rollup::outbox
