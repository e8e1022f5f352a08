#include "outbox/read_overview.hpp"

#include "outbox/schema.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>

namespace edge_rollup::outbox {

std::vector<model::lost_range> read_losses(const SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT from_sequence, to_sequence, reason FROM lost ORDER BY from_sequence");
  std::vector<model::lost_range> ranges;
  while (query.executeStep()) {
    ranges.push_back({.from = to_count(query.getColumn(0)),
                      .to = to_count(query.getColumn(1)),
                      .reason = to_enum<model::loss_reason>(loss_reason_words, query.getColumn(2))});
  }
  return ranges;
}

std::optional<model::wall_time> read_oldest(const SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT stored_at FROM rollup WHERE state <> 'dead' ORDER BY sequence LIMIT 1");
  if (!query.executeStep()) return std::nullopt;
  return to_wall_time(query.getColumn(0));
}

overview read_overview(const SQLite::Database& database) {
  overview read;
  SQLite::Statement meta(database,
                         "SELECT stream, next_sequence, stream_reason, previous_stream, gateway, lost_total FROM meta");
  if (!meta.executeStep()) throw SQLite::Exception("table meta is empty");
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
  read.oldest = read_oldest(database);
  return read;
}

}  // namespace edge_rollup::outbox
