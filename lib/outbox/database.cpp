#include "outbox/database.hpp"

#include "outbox/schema.hpp"
#include "runtime/descriptor.hpp"

#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace edge_rollup::outbox {
namespace {

using model::error_kind;
using model::fail;

constexpr std::size_t copied_at_once = std::size_t{64} * 1024;  // bytes

std::int32_t number(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt();
}

/// Makes all that was written to the file itself durable. The log has syncs of its own.
void sync_file(SQLite::Database& database) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  const int synced = file->pMethods->xSync(file, SQLITE_SYNC_FULL);
  if (synced != SQLITE_OK) throw SQLite::Exception("cannot sync the new file", synced);
}

/// Makes an empty file a database in WAL mode. Nothing rests on it yet, so one sync at the end does, where SQLite takes
/// eight. What this leaves when it stops half-way `forget_beginning` recognises.
std::string begin_file(SQLite::Database& database) {
  database.exec("PRAGMA synchronous = OFF");
  database.exec("PRAGMA journal_mode = MEMORY");
  database.exec(
      "PRAGMA auto_vacuum = FULL");  // gives the space of delivered rollups back; counts before the first table
  auto mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
  sync_file(database);
  return mode;
}

/// The changes of `upgrade` are not synced by their own commit but by the next one: without them it begins again.
model::result<void> configure(SQLite::Database& database) {
  const bool is_empty = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
  const auto mode = is_empty ? begin_file(database) : database.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal") {
    return fail(error_kind::state, fmt::format("{} is on a file system without shared memory, which a write-ahead log "
                                               "needs; give another --state-dir",
                                               database.getFilename()));
  }
  database.exec("PRAGMA synchronous = NORMAL");
  database.exec(fmt::format("PRAGMA journal_size_limit = {}", kept_log_bytes));
  database.exec(fmt::format("PRAGMA wal_autocheckpoint = {}", log_pages));
  return {};
}

std::string schema_of(SQLite::Database& database) {
  return database
      .execAndGet("SELECT coalesce(group_concat(sql), '') FROM (SELECT sql FROM sqlite_schema ORDER BY name)")
      .getString();
}

/// Whether it has all our tables as this version makes them, whatever its header says.
bool has_our_schema(SQLite::Database& database) {
  SQLite::Database ours(":memory:", SQLite::OPEN_READWRITE);
  for (const auto* step : migrations) ours.exec(step);
  const auto found = schema_of(database);
  if (found == schema_of(ours)) return true;
  ours.exec(additions);
  return found == schema_of(ours);
}

/// Refuses what is not ours, before anything is written to it. Ours with a header that denies it is damaged.
model::result<void> recognise(SQLite::Database& database) {
  const auto id = number(database, "PRAGMA application_id");
  const bool empty = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
  const bool is_named_ours = id == application_id || (id == 0 && empty);
  const auto version = number(database, "PRAGMA user_version");
  const bool is_known = version >= 0 && version <= schema_version;
  if (is_named_ours && is_known) return {};
  if (has_our_schema(database)) throw SQLite::Exception("the header is damaged", SQLITE_CORRUPT);
  if (!is_named_ours) {
    return fail(error_kind::state,
                fmt::format("{} is not an outbox of edge-rollup; give another --state-dir", database.getFilename()));
  }
  return fail(error_kind::state,
              fmt::format("{} was written by a newer edge-rollup (schema {}, this one knows {}); install that version "
                          "again, or give another --state-dir",
                          database.getFilename(), version, schema_version));
}

void upgrade(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const auto version = number(database, "PRAGMA user_version");  // another process may have been faster
  for (auto step = version; step < schema_version; ++step) database.exec(migrations.at(static_cast<std::size_t>(step)));
  if (version < schema_version) {
    database.exec(fmt::format("PRAGMA application_id = {}", application_id));
    database.exec(fmt::format("PRAGMA user_version = {}", schema_version));
  }
  database.exec(additions);
  transaction.commit();
}

void check(SQLite::Database& database) {
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(database.getFilename(), unknown);
  if (unknown || bytes > checked_bytes) return;
  const std::string verdict = database.execAndGet("PRAGMA integrity_check(1)").getString();
  if (verdict != "ok") throw SQLite::Exception(verdict, SQLITE_CORRUPT);
}

/// Whether the trouble may be one of `begin_file`: a page that the disk did not take whole.
bool may_have_begun(const SQLite::Exception& trouble) {
  constexpr int primary = 0xff;
  const int code = trouble.getErrorCode() & primary;
  return code == SQLITE_NOTADB || code == SQLITE_IOERR;
}

/// Empties a file in which nothing was ever committed: there is no log, and its one page holds zeros or a header that
/// may not have reached the disk. Returns whether it was one. No connection to the file may be open here.
bool forget_beginning(const std::filesystem::path& file) {
  constexpr std::uintmax_t one_page = 4096;
  constexpr std::string_view header("SQLite format 3\0\x10\0", 18);  // of a database with pages of this size
  std::error_code failed;
  const auto log_bytes = std::filesystem::file_size(file.native() + "-wal", failed);
  const bool has_no_log = failed ? failed == std::errc::no_such_file_or_directory : log_bytes == 0;
  if (!has_no_log) return false;
  const auto bytes = std::filesystem::file_size(file, failed);
  if (failed || bytes == 0 || bytes > one_page) return false;
  std::ifstream opened(file, std::ios::binary);
  const std::string page(std::istreambuf_iterator<char>(opened), {});
  const bool is_beginning = page.starts_with(header) || page.find_first_not_of('\0') == std::string::npos;
  return is_beginning && page.size() == bytes && ::truncate(file.c_str(), 0) == 0;
}

model::result<SQLite::Database> open_file(const std::filesystem::path& file) {
  SQLite::Database database(file.native(), SQLite::OPEN_READWRITE, static_cast<int>(busy_timeout.count()));
  if (auto known = recognise(database); !known) return std::unexpected(known.error());
  if (auto configured = configure(database); !configured) return std::unexpected(configured.error());
  check(database);
  upgrade(database);
  database.exec("PRAGMA synchronous = FULL");
  return database;
}

}  // namespace

/// An existing file is never opened here: closing it again would take away the locks that SQLite may hold on it
/// elsewhere in this process (sqlite.org/howtocorrupt.html §2.2).
model::result<void> make_private(const std::filesystem::path& file) {
  constexpr mode_t ours_alone = 0600;
  const runtime::descriptor made{::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, ours_alone)};
  if ((made.is_open() || errno == EEXIST) && ::chmod(file.c_str(), ours_alone) == 0) return {};
  const int code = errno;
  return fail(code == EACCES || code == EPERM ? error_kind::permission : error_kind::disk,
              fmt::format("cannot make {} ours alone: {}", file.native(), std::generic_category().message(code)));
}

model::result<SQLite::Database> open_database(const std::filesystem::path& file) {
  if (auto made = make_private(file); !made) return std::unexpected(made.error());
  try {
    return open_file(file);
  } catch (const SQLite::Exception& trouble) {
    if (!may_have_begun(trouble) || !forget_beginning(file)) throw;
  }
  return open_file(file);
}

model::result<SQLite::Database> open_existing_database(const std::filesystem::path& file, log_index index) {
  const auto nothing_yet = [&file] {
    return fail(error_kind::no_input,
                fmt::format("no outbox in {}: no daemon has stored anything there yet; --state-dir says where to look",
                            file.parent_path().native()));
  };
  if (::access(file.c_str(), F_OK) != 0) {
    if (errno == ENOENT) return nothing_yet();
    return fail(errno == EACCES ? error_kind::permission : error_kind::disk,
                fmt::format("cannot look at {}: {}", file.native(), std::generic_category().message(errno)));
  }
  SQLite::Database database(file.native(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOFOLLOW,
                            static_cast<int>(busy_timeout.count()));
  if (index == log_index::in_memory) database.exec("PRAGMA locking_mode = EXCLUSIVE");
  if (auto known = recognise(database); !known) return std::unexpected(known.error());
  const auto version = number(database, "PRAGMA user_version");
  if (version == 0) return nothing_yet();
  if (version < schema_version) {
    return fail(error_kind::state,
                fmt::format("{} was written by an older edge-rollup (schema {}, this one knows {}); start the daemon, "
                            "which brings it up to date",
                            file.native(), version, schema_version));
  }
  database.exec("PRAGMA synchronous = FULL");
  return database;
}

void write_log_again(SQLite::Database& database) {
  const SQLite::Transaction keeps_writers_out(database, SQLite::TransactionBehavior::IMMEDIATE);
  sqlite3_file* log = nullptr;
  const auto must = [](int result) {
    if (result != SQLITE_OK) throw SQLite::Exception("the log cannot be written again", result);
  };
  must(::sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log)));
  if (log == nullptr || log->pMethods == nullptr) return;
  sqlite3_int64 size = 0;
  must(log->pMethods->xFileSize(log, &size));
  std::vector<char> piece(copied_at_once);
  for (sqlite3_int64 from = 0; from < size;) {
    const auto length = static_cast<int>(std::min<sqlite3_int64>(size - from, copied_at_once));
    must(log->pMethods->xRead(log, piece.data(), length, from));
    must(log->pMethods->xWrite(log, piece.data(), length, from));
    from += length;
  }
  must(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL));
}

void write_log_into_file(SQLite::Database& database) {
  const bool busy = database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt() != 0;
  if (busy) throw SQLite::Exception("another process reads the log", SQLITE_BUSY);
}

}  // namespace edge_rollup::outbox
