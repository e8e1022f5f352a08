#include "outbox/salvage_progress.hpp"

#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>

namespace edge_rollup::outbox {

std::vector<salvage_progress> read_salvages(const SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT source, position, end_at, saved, lost FROM salvage ORDER BY rowid");
  std::vector<salvage_progress> open;
  while (query.executeStep()) {
    open.push_back({.source = query.getColumn(0).getString(),
                    .position = to_count(query.getColumn(1)),
                    .end = to_count(query.getColumn(2)),
                    .saved = to_count(query.getColumn(3)),
                    .lost = to_count(query.getColumn(4))});
  }
  return open;
}

void note_salvage(const SQLite::Database& database, const salvage_progress& progress) {
  if (progress.ended) {
    SQLite::Statement forget(database, "DELETE FROM salvage WHERE source = ?");
    use(forget, progress.source).run();
    return;
  }
  SQLite::Statement note(database,
                         "INSERT INTO salvage (source, position, end_at, saved, lost) VALUES (?, ?, ?, ?, ?)"
                         " ON CONFLICT DO UPDATE SET position = excluded.position, saved = excluded.saved,"
                         " lost = excluded.lost");
  use(note, progress.source, to_integer(progress.position), to_integer(progress.end), to_integer(progress.saved),
      to_integer(progress.lost))
      .run();
}

}  // namespace edge_rollup::outbox
