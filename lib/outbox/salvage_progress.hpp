// How far the salvage of a damaged store has come: a row of the store that it fills, written in the same transaction as
// what was saved, so that a restart goes on where the last step ended.
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>
#include <vector>

namespace edge_rollup::outbox {

struct salvage_progress {
  std::string source;          ///< name of the file in the state directory
  std::uint64_t position = 0;  ///< up to here, what could be read is saved and what could not is told
  std::uint64_t end = 1;       ///< from here on, numbers are not from there
  std::uint64_t saved = 0;
  std::uint64_t lost = 0;
  bool ended = false;
};

/// Those that have not ended, in the order in which they began. Throws SQLite::Exception.
[[nodiscard]] std::vector<salvage_progress> read_salvages(const SQLite::Database& database);

/// Throws SQLite::Exception.
void note_salvage(const SQLite::Database& database, const salvage_progress& progress);

}  // namespace edge_rollup::outbox
