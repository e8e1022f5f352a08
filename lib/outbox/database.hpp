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

/// The same once it has waited so long in vain: longer than the turn that a command of ours leaves to others.
inline constexpr std::chrono::milliseconds busy_timeout_of_the_refused{250};

/// A write-ahead log that grew larger is cut back to this size when it begins anew after a checkpoint. A smaller one
/// stays as large as it is; nothing is reserved.
inline constexpr std::int64_t kept_log_bytes = 4L * 1024 * 1024;

/// The log is written into the file when it has so many pages of 4 KiB: fewer than the reserve has room for, so that
/// this can be done on a full disk too (disk_reserve.hpp).
inline constexpr int log_pages = 200;

/// A file up to this size is looked through when it is opened, so that a start takes no longer than a second. Damage in
/// a larger one is found where it is read.
inline constexpr std::uintmax_t checked_bytes = 32UL * 1024 * 1024;

/// Makes the file empty where it is missing, and closes it to others (0600). Errors: `permission`, `disk`.
[[nodiscard]] model::result<void> make_private(const std::filesystem::path& file);

/// Makes the file (0600; SQLite gives its -wal and -shm the same mode and owner) where it is missing. Every connection
/// works in WAL mode with synchronous=FULL, so that the log is synced in each commit; other processes may have the file
/// open at the same time.
/// Errors: `state`: the file is another program's, or of a newer edge-rollup. `permission` and `disk`: what the
///         system said. Throws SQLite::Exception for what SQLite says, with
///         SQLITE_CORRUPT or SQLITE_NOTADB where the file is damaged.
[[nodiscard]] model::result<SQLite::Database> open_database(const std::filesystem::path& file);

/// Where the index of the log is: in a file beside it, for all processes, or in this one, which locks all others out
/// but needs no room on the disk (sqlite.org/wal.html §8).
enum class log_index { shared, in_memory };

/// For a guest beside the daemon: the file is neither made nor brought up to date, and no link is followed to it. Where
/// root is the guest, SQLite gives the -wal and -shm it makes to the owner of the file.
/// Errors as above, and `no_input` where there is no store yet; `state` where it is of another version.
[[nodiscard]] model::result<SQLite::Database> open_existing_database(const std::filesystem::path& file,
                                                                     log_index index);

/// Writes the log once more, as it reads, and syncs it. After a sync that failed, files read as if they were whole, and
/// later syncs do not write what that one should have: a power cut would take it together with all that follows in the
/// log. Throws SQLite::Exception.
void write_log_again(SQLite::Database& database);

/// Moves what the log holds into the file, both synced, and cuts the log off. Throws SQLite::Exception, SQLITE_BUSY
/// where another process reads for longer than `busy_timeout`.
void write_log_into_file(SQLite::Database& database);

}  // namespace edge_rollup::outbox
