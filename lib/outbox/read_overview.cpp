#include "outbox/read_overview.hpp"

#include "outbox/loss_table.hpp"
#include "outbox/schema.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

namespace edge_rollup::outbox {

std::optional<storing_time> read_oldest(const SQLite::Database& database) {
  SQLite::Statement query(database,
                          "SELECT stored_at, kept_at_ms FROM rollup WHERE state <> 'dead' ORDER BY sequence LIMIT 1");
  if (!query.executeStep()) return std::nullopt;
  return storing_time{to_wall_time(query.getColumn(0)), model::milliseconds{query.getColumn(1).getInt64()}};
}

overview read_overview(const SQLite::Database& database) {
  overview read;
  SQLite::Statement meta(database,
                         "SELECT stream, next_sequence, stream_reason, previous_stream, gateway, lost_total FROM meta");
  if (!meta.executeStep()) throw SQLite::Exception("table meta is empty", SQLITE_CORRUPT);
  read.stream = meta.getColumn(0).getString();
  read.next_sequence = to_count(meta.getColumn(1));
  if (!meta.isColumnNull(2)) read.reason = to_enum<model::stream_reason>(stream_reason_words, meta.getColumn(2));
  if (!meta.isColumnNull(3)) read.previous_stream = meta.getColumn(3).getString();
  read.gateway = meta.getColumn(4).getString();
  read.lost = {.total = to_count(meta.getColumn(5)), .ranges = read_losses(database)};

  SQLite::Statement sums(database,
                         "SELECT count(*) FILTER (WHERE state <> 'dead'), count(*) FILTER (WHERE state = 'dead'),"
                         " coalesce(sum(length(body)), 0) FROM rollup");
  sums.executeStep();
  read.pending = to_count(sums.getColumn(0));
  read.dead = to_count(sums.getColumn(1));
  read.bytes = to_count(sums.getColumn(2));
  if (const auto oldest = read_oldest(database)) read.oldest = oldest->stored_at;
  read.file_bytes = read_file_bytes(database);
  SQLite::Statement newest(database, "SELECT sequence, length(body) FROM rollup ORDER BY sequence DESC LIMIT 1");
  if (newest.executeStep()) {
    if (to_count(newest.getColumn(0)) >= read.next_sequence)
      throw SQLite::Exception("a used number is free", SQLITE_CORRUPT);
    read.newest_bytes = to_count(newest.getColumn(1));
  }
  return read;
}

std::uint64_t read_file_bytes(const SQLite::Database& database) {
  SQLite::Statement query(database,
                          "SELECT (page_count - freelist_count) * page_size"
                          " FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
  query.executeStep();
  return to_count(query.getColumn(0));
}

}  // namespace edge_rollup::outbox
