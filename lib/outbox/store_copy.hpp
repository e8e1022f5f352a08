// Writes an open store to another file, piece by piece between its operations.
#pragma once

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>

#include <filesystem>

namespace edge_rollup::outbox {

/// Operation:   page by page as the store stands. What the store takes meanwhile goes into the copy too
///              (sqlite.org/backup.html); what another process writes makes it begin anew.
/// Concurrency: that of the store, which outlives it.
/// Limits:      a step takes `step_pages`.
/// Errors:      SQLite::Exception.
class store_copy {
 public:
  static constexpr int step_pages = 256;  ///< of 4 KiB

  /// `file` is empty.
  store_copy(const std::filesystem::path& file, SQLite::Database& store);
  /// Returns whether all of it is there, and synced.
  bool step();

 private:
  SQLite::Database target_;
  SQLite::Backup backup_;
};

}  // namespace edge_rollup::outbox
