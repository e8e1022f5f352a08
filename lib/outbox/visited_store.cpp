#include "outbox/visited_store.hpp"

#include "outbox/answer_table.hpp"
#include "outbox/database.hpp"
#include "outbox/disk_trouble.hpp"
#include "outbox/loss_table.hpp"
#include "outbox/open_stream.hpp"
#include "outbox/read_overview.hpp"
#include "outbox/read_record.hpp"
#include "outbox/schema.hpp"
#include "outbox/sqlite_store.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"
#include "runtime/crash_point.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <thread>
#include <utility>

namespace edge_rollup::outbox {
namespace {

using model::error_kind;
using model::fail;

/// A daemon of an earlier version notes no answers.
std::string entry_query(const SQLite::Database& database) {
  const bool has_answers = database.tableExists("last_answer");
  return fmt::format(
      "SELECT sequence, state, tries, troubled_tries, troubled_ms, id, stored_at, raw_bytes, length(body), {}"
      " FROM rollup {} ",
      has_answers ? "status, words" : "NULL, NULL", has_answers ? "LEFT JOIN last_answer USING (sequence)" : "");
}

stored_entry to_stored_entry(const use& row) {
  return {.progress = to_entry(row),
          .id = row.column(5).getString(),
          .stored_at = to_wall_time(row.column(6)),
          .body_bytes = to_count(row.column(7)),
          .stored_bytes = to_count(row.column(8)),
          .answer = to_answer(row.column(9), row.column(10))};
}

/// `removed` counts up.
void declare_dropped(SQLite::Database& database, std::span<const std::uint64_t> removed) {
  const auto declared_in = first_to_tell(database);
  put_off_telling(database, declared_in);
  for (auto first = removed.begin(); first != removed.end();) {
    auto end = first + 1;
    while (end != removed.end() && *end == *(end - 1) + 1) ++end;
    declare_loss(database, {*first, *(end - 1), model::loss_reason::operator_request}, declared_in);
    first = end;
  }
}

enum class states { all, dead };

struct scope {
  sequence_range bounds;
  states affected = states::all;
};

sequence_range bounds_of(const entry_selection& which) {
  const auto* range = std::get_if<sequence_range>(&which);
  return range != nullptr ? *range : sequence_range{1, std::numeric_limits<std::int64_t>::max()};
}

std::string condition_of(const scope& which) {
  return fmt::format("WHERE sequence BETWEEN {} AND {}{}", which.bounds.from, which.bounds.to,
                     which.affected == states::dead ? " AND state = 'dead'" : "");
}

std::vector<std::uint64_t> next_sequences(SQLite::Database& database, const scope& which) {
  SQLite::Statement next(database, fmt::format("SELECT sequence FROM rollup {} ORDER BY sequence LIMIT {}",
                                               condition_of(which), rollups_in_a_transaction));
  std::vector<std::uint64_t> sequences;
  while (next.executeStep()) sequences.push_back(to_count(next.getColumn(0)));
  return sequences;
}

/// SQLite calls it an I/O error where there is no room for the log's index.
bool may_want_room(const SQLite::Exception& refused) {
  const auto trouble = trouble_of(refused);
  return trouble == disk_trouble::full || trouble == disk_trouble::io;
}

/// Where there is no room for `work`, it is done with that of the reserve.
template <class Work>
auto with_reserve(borrowed_reserve& reserve, Work work) {
  try {
    return work();
  } catch (const SQLite::Exception& refused) {
    if (!may_want_room(refused) || !reserve.borrow()) throw;
  }
  return work();
}

/// After a sync that failed, what is committed next, here or by the daemon, would stand behind a hole in the log.
template <class Work>
auto in_transaction(SQLite::Database& database, borrowed_reserve& reserve, Work work) {
  bool log_may_have_hole = false;
  const auto mend_log = [&] {
    write_log_again(database);
    log_may_have_hole = false;
  };
  return with_reserve(reserve, [&] {
    if (log_may_have_hole) mend_log();
    try {
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      auto done = work();
      runtime::crash_point("visit", "before_commit");
      transaction.commit();
      runtime::crash_point("visit", "after_commit");
      return done;
    } catch (const SQLite::Exception& refused) {
      log_may_have_hole = trouble_of(refused) == disk_trouble::io;
      if (log_may_have_hole) mend_log();
      throw;
    }
  });
}

/// Applies `change` to the sequences of each transaction; the number of them all.
template <class Change>
model::result<std::uint64_t> change_in_turns(SQLite::Database& database, borrowed_reserve& reserve, scope which,
                                             const progress_report& report, Change change) {
  const auto all = to_count(database.execAndGet(fmt::format("SELECT count(*) FROM rollup {}", condition_of(which))));
  std::uint64_t done = 0;
  for (;;) {
    const auto change_next = [&] {
      auto next = next_sequences(database, which);
      change(next);
      return next;
    };
    const auto sequences = in_transaction(database, reserve, change_next);
    done += sequences.size();
    report(done, all);
    if (sequences.size() < rollups_in_a_transaction) return done;
    which.bounds.from = sequences.back() + 1;
    std::this_thread::sleep_for(turn_of_the_daemon);
  }
}

model::result<SQLite::Database> open_as_there_is_room(const std::filesystem::path& file, borrowed_reserve& reserve) {
  try {
    return with_reserve(reserve, [&file] { return open_existing_database(file, log_index::shared); });
  } catch (const SQLite::Exception& refused) {
    if (!may_want_room(refused)) throw;
    return open_existing_database(file, log_index::in_memory);
  }
}

/// The border to SQLiteCpp: what it throws becomes an error with the path.
template <class Work>
auto attempt(const char* what, const std::filesystem::path& file, Work work) {
  using outcome = decltype(work());
  try {
    return work();
  } catch (const SQLite::Exception& refused) {
    return outcome{fail(error_kind::disk, fmt::format("cannot {} {}: {}", what, file.native(), refused.what()))};
  }
}

}  // namespace

model::result<visited_store> visited_store::open(const std::filesystem::path& directory) {
  auto file = directory / store_file_name;
  return attempt("open", file, [&]() -> model::result<visited_store> {
    borrowed_reserve reserve(directory);
    auto database = open_as_there_is_room(file, reserve);
    if (!database) return std::unexpected(std::move(database.error()));
    return visited_store{file, std::move(reserve), std::move(*database)};
  });
}

model::result<overview> visited_store::look() {
  return attempt("read", file_, [&]() -> model::result<overview> { return read_overview(database_); });
}

model::result<std::vector<stored_entry>> visited_store::list() {
  return attempt("read", file_, [&]() -> model::result<std::vector<stored_entry>> {
    SQLite::Statement all(database_, entry_query(database_) + "ORDER BY sequence");
    std::vector<stored_entry> entries;
    use query(all);
    while (query.next_row()) entries.push_back(to_stored_entry(query));
    return entries;
  });
}

model::result<std::optional<stored_entry>> visited_store::find(std::uint64_t sequence) {
  return attempt("read", file_, [&]() -> model::result<std::optional<stored_entry>> {
    SQLite::Statement one(database_, entry_query(database_) + "WHERE sequence = ?");
    use query(one, to_integer(sequence));
    if (!query.next_row()) return std::nullopt;
    return to_stored_entry(query);
  });
}

model::result<std::optional<record>> visited_store::load(std::uint64_t sequence) {
  return attempt("read", file_, [&]() -> model::result<std::optional<record>> {
    SQLite::Statement one(database_, fmt::format("SELECT {} FROM rollup WHERE sequence = ?", record_columns));
    use query(one, to_integer(sequence));
    if (!query.next_row()) return std::nullopt;
    auto intact = to_record(query);
    if (intact) return intact;
    return fail(error_kind::bad_data,
                fmt::format("rollup {} in {} is damaged: its checksum is wrong", sequence, file_.native()));
  });
}

model::result<std::uint64_t> visited_store::requeue(const entry_selection& which, const progress_report& report) {
  return attempt("requeue rollups in", file_, [&] {
    SQLite::Statement revive(database_,
                             "UPDATE rollup SET state = 'pending', troubled_tries = 0, troubled_ms = 0"
                             " WHERE sequence = ?");
    const auto requeue_these = [&](std::span<const std::uint64_t> sequences) {
      for (const auto sequence : sequences) use(revive, to_integer(sequence)).run();
    };
    return change_in_turns(database_, reserve_, {bounds_of(which), states::dead}, report, requeue_these);
  });
}

model::result<std::uint64_t> visited_store::drop(const entry_selection& which, const progress_report& report) {
  return attempt("drop rollups from", file_, [&] {
    SQLite::Statement remove(database_, "DELETE FROM rollup WHERE sequence = ?");
    const auto drop_these = [&](std::span<const std::uint64_t> sequences) {
      for (const auto sequence : sequences) use(remove, to_integer(sequence)).run();
      declare_dropped(database_, sequences);
    };
    const auto affected = std::holds_alternative<all_dead_letters>(which) ? states::dead : states::all;
    return change_in_turns(database_, reserve_, {bounds_of(which), affected}, report, drop_these);
  });
}

model::result<void> visited_store::begin_stream(const std::string& id) {
  return attempt("begin a stream in", file_, [&]() -> model::result<void> {
    const auto change = [&]() -> model::result<void> {
      change_stream(database_, id, model::stream_reason::operator_request);
      SQLite::Statement told_from(database_, "UPDATE meta SET stream_from = ?");
      use(told_from, to_integer(first_to_tell(database_))).run();
      return {};
    };
    return in_transaction(database_, reserve_, change);
  });
}

}  // namespace edge_rollup::outbox
