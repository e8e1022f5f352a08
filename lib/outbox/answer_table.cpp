#include "outbox/answer_table.hpp"

#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>

namespace edge_rollup::outbox {

void note_answer(const SQLite::Database& database, std::uint64_t sequence, const last_answer& came) {
  SQLite::Statement note(database, "INSERT OR REPLACE INTO last_answer (sequence, words, status) VALUES (?, ?, ?)");
  use noting(note, to_integer(sequence), came.words);
  if (came.status) note.bind(3, *came.status);
  noting.run();
}

std::optional<last_answer> to_answer(const SQLite::Column& status, const SQLite::Column& words) {
  if (!words.isText() || !(status.isInteger() || status.isNull())) return std::nullopt;
  last_answer came{.status = {}, .words = words.getString()};
  if (came.words.size() > answer_words_max_bytes) return std::nullopt;
  if (status.isInteger()) came.status = status.getInt();
  return came;
}

}  // namespace edge_rollup::outbox
