#include "outbox/meta_twin.hpp"

#include "outbox/as_far_as_readable.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {
namespace {

constexpr std::string_view columns = "stream, gateway, next_sequence, lost_total, elapsed_ms, reserved_to";
/// Stores of the first schema version have nothing in the place of the last two.
constexpr std::string_view columns_of_first_version = "stream, gateway, next_sequence, lost_total, 0, 0";

std::vector<known_meta> read(const SQLite::Database& database, std::string_view what, std::string_view table) {
  std::vector<known_meta> found;
  as_far_as_readable([&] {
    SQLite::Statement query(database, fmt::format("SELECT {} FROM {}", what, table));
    while (query.executeStep()) {
      known_meta row{query.getColumn(0).getString(), query.getColumn(1).getString(), to_count(query.getColumn(2)),
                     to_count(query.getColumn(3)),   query.getColumn(4).getInt64(),  to_count(query.getColumn(5))};
      if (row.next < most_numbers && row.reserved_to < most_numbers) found.push_back(std::move(row));
    }
  });
  return found;
}

}  // namespace

void make_twins(const SQLite::Database& database) {
  SQLite::Statement copy(
      database, fmt::format("INSERT INTO meta_twin (copy, {0}) SELECT column1, {0} FROM meta, (VALUES (1), (2))"
                            " WHERE NOT EXISTS (SELECT 1 FROM meta_twin)",
                            columns));
  copy.exec();
}

void compare_with_twins(const SQLite::Database& database) {
  SQLite::Statement same(
      database, fmt::format("SELECT count(*) FROM (SELECT {0} FROM meta UNION SELECT {0} FROM meta_twin)", columns));
  if (same.executeStep() && same.getColumn(0).getInt() != 1) {
    throw SQLite::Exception("the description of the store is not what its copies say", SQLITE_CORRUPT);
  }
}

std::optional<known_meta> read_damaged_meta(const SQLite::Database& damaged) {
  auto found = read(damaged, columns, "meta");
  if (found.empty()) found = read(damaged, columns_of_first_version, "meta");
  const bool has_meta = !found.empty();
  for (auto& twin : read(damaged, columns, "meta_twin")) found.push_back(std::move(twin));
  for (auto one = found.begin(); one != found.end(); ++one) {
    for (auto other = one + 1; other != found.end(); ++other) {
      if (*one == *other) return *one;
    }
  }
  return has_meta ? std::optional(found.front()) : std::nullopt;
}

}  // namespace edge_rollup::outbox
