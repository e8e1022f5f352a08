#include "outbox/loss_table.hpp"

#include "outbox/schema.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::outbox {

std::vector<model::lost_range> read_losses(const SQLite::Database& database) {
  SQLite::Statement query(database,
                          "SELECT from_sequence, to_sequence, reason FROM lost ORDER BY from_sequence LIMIT ?");
  query.bind(1, to_integer(told_ranges));
  std::vector<model::lost_range> ranges;
  while (query.executeStep()) {
    ranges.push_back({.from = to_count(query.getColumn(0)),
                      .to = to_count(query.getColumn(1)),
                      .reason = to_enum<model::loss_reason>(loss_reason_words, query.getColumn(2))});
  }
  return ranges;
}

void declare_loss(const SQLite::Database& database, const model::lost_range& lost, std::uint64_t declared_in) {
  const auto reason = to_word(loss_reason_words, lost.reason);
  auto [from, to] = std::pair{lost.from, lost.to};
  SQLite::Statement take_neighbours(
      database,
      "DELETE FROM lost WHERE reason = ? AND (to_sequence = ? - 1 OR from_sequence = ? + 1)"
      " RETURNING from_sequence, to_sequence");
  for (use neighbours(take_neighbours, reason, to_integer(from), to_integer(to)); neighbours.next_row();) {
    from = std::min(from, to_count(neighbours.column(0)));
    to = std::max(to, to_count(neighbours.column(1)));
  }
  SQLite::Statement insert(database,
                           "INSERT INTO lost (from_sequence, to_sequence, reason, declared_in) VALUES (?, ?, ?, ?)");
  use(insert, to_integer(from), to_integer(to), reason, to_integer(declared_in)).run();
  SQLite::Statement count(database, "UPDATE meta SET lost_total = lost_total + ?");
  use(count, to_integer(lost.to - lost.from + 1)).run();
}

std::uint64_t first_to_tell(const SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT max(next_sequence, reserved_to + 1) + 1 FROM meta");
  return query.executeStep() ? to_count(query.getColumn(0)) : 1;
}

void put_off_telling(const SQLite::Database& database, std::uint64_t made) {
  SQLite::Statement put_off(database,
                            "UPDATE lost SET declared_in = ? WHERE from_sequence >="
                            " (SELECT from_sequence FROM lost ORDER BY from_sequence LIMIT 1 OFFSET ?)");
  use(put_off, to_integer(made + 1), to_integer(told_ranges)).run();
}

bool forget_told(const SQLite::Database& database, std::uint64_t delivered) {
  SQLite::Statement forget(database, "DELETE FROM lost WHERE declared_in <= ?");
  return use(forget, to_integer(delivered)).run() > 0;
}

}  // namespace edge_rollup::outbox
