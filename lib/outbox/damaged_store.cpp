#include "outbox/damaged_store.hpp"

#include "outbox/answer_table.hpp"
#include "outbox/as_far_as_readable.hpp"
#include "outbox/body_codec.hpp"
#include "outbox/schema.hpp"
#include "outbox/stored_values.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::outbox {
namespace {

/// It is under no checksum. What is offered once more than it should be is worth less than what is lost.
entry_state state_of(const SQLite::Column& column) {
  const auto known = std::ranges::find(state_words, column.getString());
  return known == state_words.end() ? entry_state::pending : static_cast<entry_state>(known - state_words.begin());
}

/// That it is lost, whyever, is worth more than why.
model::loss_reason reason_of(const SQLite::Column& column) {
  const auto known = std::ranges::find(loss_reason_words, column.getString());
  return known == loss_reason_words.end() ? model::loss_reason::damage
                                          : static_cast<model::loss_reason>(known - loss_reason_words.begin());
}

intact_row read_row(const SQLite::Statement& row) {
  const auto body = row.getColumn(5);
  return {.sequence = to_count(row.getColumn(0)),
          .id = row.getColumn(1).getString(),
          .stored_at = row.getColumn(2).getInt64(),
          .raw_bytes = row.getColumn(3).getInt64(),
          .checksum = row.getColumn(4).getInt64(),
          .packed = {static_cast<const char*>(body.getBlob()), static_cast<std::size_t>(body.getBytes())},
          .state = state_of(row.getColumn(6)),
          .tries = row.getColumn(7).getInt64(),
          .troubled_tries = row.getColumn(8).getInt64(),
          .troubled_ms = row.getColumn(9).getInt64(),
          .kept_at_ms = row.getColumn(10).getInt64()};
}

bool is_intact(const intact_row& row) {
  const model::wall_time stored_at{model::milliseconds{row.stored_at}};
  const auto raw_bytes = static_cast<std::size_t>(row.raw_bytes);
  return row.checksum == checksum({row.sequence, row.id, stored_at, raw_bytes, row.packed});
}

}  // namespace

damaged_store::damaged_store(const std::filesystem::path& file) {
  std::error_code unknown;
  if (std::filesystem::exists(file, unknown)) file_.emplace(file.native(), SQLite::OPEN_READONLY);
}

std::optional<known_meta> damaged_store::meta() const {
  return file_ ? read_damaged_meta(*file_) : std::nullopt;
}

std::vector<model::lost_range> damaged_store::losses() const {
  std::vector<model::lost_range> untold;
  if (file_) {
    as_far_as_readable([&] {
      SQLite::Statement query(*file_, "SELECT from_sequence, to_sequence, reason FROM lost ORDER BY from_sequence");
      while (query.executeStep()) {
        untold.push_back({to_count(query.getColumn(0)), to_count(query.getColumn(1)), reason_of(query.getColumn(2))});
      }
    });
  }
  std::erase_if(untold, [](const model::lost_range& each) {
    return each.from == 0 || each.from > each.to || each.to >= most_numbers;
  });
  return untold;
}

indexed_numbers damaged_store::indexed() const {
  indexed_numbers numbers{{}, file_.has_value()};
  for (const auto* which : {"<>", "="}) {
    numbers.complete &=
        file_ && as_far_as_readable([&] {
          SQLite::Statement query(*file_, fmt::format("SELECT sequence FROM rollup WHERE state {} 'dead'", which));
          while (query.executeStep()) numbers.found.push_back(to_count(query.getColumn(0)));
        });
  }
  // The oldest of those that wait has been offered in vain: its answer tells where they begin.
  if (file_) {
    as_far_as_readable([&] {
      SQLite::Statement query(*file_, "SELECT sequence FROM last_answer");
      while (query.executeStep()) numbers.found.push_back(to_count(query.getColumn(0)));
    });
  }
  std::ranges::sort(numbers.found);
  const auto repeated = std::ranges::unique(numbers.found);
  numbers.found.erase(repeated.begin(), repeated.end());
  return numbers;
}

std::uint64_t damaged_store::highest_number() const {
  std::uint64_t highest = 0;
  for (const auto* way : {"NOT INDEXED", "INDEXED BY rollup_waiting WHERE state <> 'dead'",
                          "INDEXED BY rollup_dead WHERE state = 'dead'"}) {
    if (!file_) break;
    as_far_as_readable([&] {
      SQLite::Statement query(*file_, fmt::format("SELECT coalesce(max(sequence), 0) FROM rollup {}", way));
      const auto found = query.executeStep() ? to_count(query.getColumn(0)) : 0;
      if (found < most_numbers) highest = std::max(highest, found);
    });
  }
  return highest;
}

std::vector<salvage_progress> damaged_store::open_salvages() const {
  std::vector<salvage_progress> open;
  if (file_) as_far_as_readable([&] { open = read_salvages(*file_); });
  return open;
}

std::optional<intact_row> damaged_store::find(std::uint64_t sequence) {
  std::optional<intact_row> found;
  if (!file_) return found;
  as_far_as_readable([&] {
    SQLite::Statement query(*file_, fmt::format("SELECT {} FROM rollup WHERE sequence = ?", columns()));
    query.bind(1, to_integer(sequence));
    if (query.executeStep()) found = read(query);
  });
  return found;
}

std::optional<last_answer> damaged_store::answer(std::uint64_t sequence) const {
  std::optional<last_answer> found;
  if (!file_) return found;
  as_far_as_readable([&] {
    SQLite::Statement query(*file_, "SELECT status, words FROM last_answer WHERE sequence = ?");
    query.bind(1, to_integer(sequence));
    if (query.executeStep()) found = to_answer(query.getColumn(0), query.getColumn(1));
  });
  return found;
}

/// The last is a column that stores of the first version do not have; they were all new then.
std::string damaged_store::columns() const {
  SQLite::Statement version(*file_, "PRAGMA user_version");
  const bool is_first = version.executeStep() && version.getColumn(0).getInt() == 1;
  return fmt::format(
      "sequence, id, stored_at, raw_bytes, checksum, body, state, tries, troubled_tries, troubled_ms, {}",
      is_first ? "0" : "kept_at_ms");
}

std::optional<intact_row> damaged_store::read(const SQLite::Statement& row) {
  auto found = read_row(row);
  if (is_intact(found)) return found;
  damaged_bytes_ += found.packed.size();
  return std::nullopt;
}

found_rows::found_rows(damaged_store& store, std::uint64_t above) : store_{&store} {
  if (!store.file_) return;
  as_far_as_readable([&] {
    query_.emplace(*store.file_,
                   fmt::format("SELECT {} FROM rollup WHERE sequence > {} ORDER BY sequence", store.columns(), above));
  });
}

bool found_rows::next() {
  if (std::exchange(stays_, false)) return true;
  bool found = false;
  const bool is_readable = query_ && as_far_as_readable([&] {
                             found = query_->executeStep();
                             if (found) row_ = store_->read(*query_);
                           });
  if (!is_readable || !found) query_.reset();
  return query_.has_value();
}

/// Where there is no room for the index of the log, SQLite keeps it in memory in exclusive mode (sqlite.org/wal.html
/// §8), which takes a file that nobody else has open.
std::optional<known_meta> peek_at_meta(const std::filesystem::path& file) {
  for (const auto* mode : {"NORMAL", "EXCLUSIVE"}) {
    try {
      SQLite::Database database(file.native(), SQLite::OPEN_READWRITE);
      sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
      database.exec(fmt::format("PRAGMA locking_mode = {}", mode));
      if (auto found = read_damaged_meta(database)) return found;
    } catch (const SQLite::Exception&) {
      continue;  // the next one to open it says why
    }
  }
  return std::nullopt;
}

}  // namespace edge_rollup::outbox
