// Opens outbox.db so that a commit survives a power cut, and brings its schema up to date.
#pragma once

#include "model/result.hpp"

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace edge_rollup::outbox {

/// How long a transaction waits for one of another process before it fails.
inline constexpr std::chrono::milliseconds busy_timeout{5'000};

/// A write-ahead log that grew larger is cut back to this size when it begins anew after a checkpoint. A smaller one
/// stays as large as it is; nothing is reserved.
inline constexpr std::int64_t kept_log_bytes = 4L * 1024 * 1024;

/// Makes the file (0600; SQLite gives its -wal and -shm the same mode and owner) where it is missing. Every connection
/// works in WAL mode with synchronous=FULL, so that the log is synced in each commit; other processes may have the file
/// open at the same time.
/// Errors: `state`: the file is another program's, or of a newer edge-rollup. `permission` and `disk`: what the
///         system said. Throws SQLite::Exception for what SQLite says.
[[nodiscard]] model::result<SQLite::Database> open_database(const std::filesystem::path& file);

}  // namespace edge_rollup::outbox
