#include "outbox/loss_table.hpp"

#include "outbox/schema.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <string>

namespace edge_rollup::outbox {
namespace {

struct span_of_numbers {
  std::uint64_t from = 0, to = 0;
};

/// What of `lost` is not noted yet.
std::vector<span_of_numbers> not_noted(const SQLite::Database& database, const model::lost_range& lost) {
  SQLite::Statement noted(database,
                          "SELECT from_sequence, to_sequence FROM lost WHERE from_sequence <= ? AND to_sequence >= ?"
                          " ORDER BY from_sequence");
  std::vector<span_of_numbers> open;
  auto from = lost.from;
  for (use rows(noted, to_integer(lost.to), to_integer(lost.from)); rows.next_row();) {
    if (from < to_count(rows.column(0))) open.push_back({from, to_count(rows.column(0)) - 1});
    from = to_count(rows.column(1)) + 1;
  }
  if (from <= lost.to) open.push_back({from, lost.to});
  return open;
}

void note(const SQLite::Database& database, span_of_numbers lost, const std::string& reason, std::int64_t declared_in) {
  SQLite::Statement insert(database,
                           "INSERT INTO lost (from_sequence, to_sequence, reason, declared_in) VALUES (?, ?, ?, ?)");
  use(insert, to_integer(lost.from), to_integer(lost.to), reason, declared_in).run();
}

/// The range together with those of the same reason that touch it, which are taken out of the table.
span_of_numbers with_neighbours(const SQLite::Database& database, span_of_numbers lost, const std::string& reason) {
  SQLite::Statement take(database,
                         "DELETE FROM lost WHERE reason = ? AND (to_sequence = ? - 1 OR from_sequence = ? + 1)"
                         " RETURNING from_sequence, to_sequence");
  auto all = lost;
  for (use neighbours(take, reason, to_integer(lost.from), to_integer(lost.to)); neighbours.next_row();) {
    all.from = std::min(all.from, to_count(neighbours.column(0)));
    all.to = std::max(all.to, to_count(neighbours.column(1)));
  }
  return all;
}

}  // namespace

std::vector<model::lost_range> read_losses(const SQLite::Database& database, std::size_t limit) {
  SQLite::Statement query(database,
                          "SELECT from_sequence, to_sequence, reason FROM lost ORDER BY from_sequence LIMIT ?");
  query.bind(1, to_integer(limit));
  std::vector<model::lost_range> ranges;
  while (query.executeStep()) {
    ranges.push_back({.from = to_count(query.getColumn(0)),
                      .to = to_count(query.getColumn(1)),
                      .reason = to_enum<model::loss_reason>(loss_reason_words, query.getColumn(2))});
  }
  return ranges;
}

std::uint64_t declare_loss(const SQLite::Database& database, const model::lost_range& lost, std::uint64_t declared_in) {
  const auto reason = to_word(loss_reason_words, lost.reason);
  std::uint64_t count = 0;
  for (const auto& part : not_noted(database, lost)) {
    count += part.to - part.from + 1;
    note(database, with_neighbours(database, part, reason), reason, to_integer(declared_in));
  }
  SQLite::Statement total(database, "UPDATE meta SET lost_total = lost_total + ?");
  use(total, to_integer(count)).run();
  return count;
}

bool take_loss_back(const SQLite::Database& database, std::uint64_t arrived) {
  SQLite::Statement take(database,
                         "DELETE FROM lost WHERE from_sequence <= ? AND to_sequence >= ?"
                         " RETURNING from_sequence, to_sequence, reason, declared_in");
  use noted(take, to_integer(arrived), to_integer(arrived));
  if (!noted.next_row()) return false;
  const span_of_numbers all{to_count(noted.column(0)), to_count(noted.column(1))};
  const std::string reason = noted.column(2).getString();
  const auto declared_in = noted.column(3).getInt64();
  if (all.from < arrived) note(database, {all.from, arrived - 1}, reason, declared_in);
  if (arrived < all.to) note(database, {arrived + 1, all.to}, reason, declared_in);
  return true;
}

std::uint64_t first_to_tell(const SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT max(next_sequence, reserved_to + 1) + 1 FROM meta");
  return query.executeStep() ? to_count(query.getColumn(0)) : 1;
}

void put_off_telling(const SQLite::Database& database, std::uint64_t first) {
  SQLite::Statement put_off(database,
                            "UPDATE lost SET declared_in = ?1 WHERE declared_in < ?1 AND from_sequence >="
                            " (SELECT from_sequence FROM lost ORDER BY from_sequence LIMIT 1 OFFSET ?2)");
  use(put_off, to_integer(first), to_integer(told_ranges)).run();
}

void tell_not_before(const SQLite::Database& database, std::uint64_t first) {
  SQLite::Statement put_off(database, "UPDATE lost SET declared_in = max(declared_in, ?)");
  use(put_off, to_integer(first)).run();
}

bool forget_told(const SQLite::Database& database, std::uint64_t delivered) {
  SQLite::Statement forget(database, "DELETE FROM lost WHERE declared_in <= ?");
  return use(forget, to_integer(delivered)).run() > 0;
}

}  // namespace edge_rollup::outbox
