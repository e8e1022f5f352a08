#include "outbox/sqlite_store.hpp"

#include "model/invariant.hpp"
#include "outbox/body_codec.hpp"
#include "outbox/database.hpp"
#include "outbox/read_overview.hpp"
#include "outbox/schema.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Transaction.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace edge_rollup::outbox {
namespace {

using model::error_kind;
using model::fail;

/// One use of a prepared statement. Reset at the end whatever happens: a statement left open would keep its snapshot.
class use {
 public:
  template <class... Values>
  explicit use(SQLite::Statement& statement, const Values&... values) : statement_{statement} {
    SQLite::bind(statement_, values...);
  }
  use(const use&) = delete;
  use& operator=(const use&) = delete;
  ~use() { statement_.tryReset(); }

  bool next_row() { return statement_.executeStep(); }
  SQLite::Column column(int index) const { return statement_.getColumn(index); }
  /// Runs a statement without rows; the number of rows it changed.
  std::uint64_t run() { return static_cast<std::uint64_t>(statement_.exec()); }

 private:
  SQLite::Statement& statement_;
};

}  // namespace

sqlite_store::statements::statements(const SQLite::Database& database)
    : data_version(database, "PRAGMA data_version"),
      insert(database,
             "INSERT INTO rollup"
             " (sequence, id, stored_at, state, tries, troubled_tries, troubled_ms, raw_bytes, checksum, body)"
             " VALUES (?, ?, ?, 'pending', 0, 0, 0, ?, ?, ?)"),
      use_sequence(database, "UPDATE meta SET next_sequence = next_sequence + 1"),
      front(database,
            "SELECT sequence, state, tries, troubled_tries, troubled_ms FROM rollup WHERE state <> 'dead'"
            " ORDER BY sequence LIMIT ?"),
      load(database, "SELECT id, stored_at, raw_bytes, checksum, body FROM rollup WHERE sequence = ?"),
      remove(database, "DELETE FROM rollup WHERE sequence = ? RETURNING state, length(body)"),
      declare_stream(database, "UPDATE meta SET stream_reason = NULL WHERE stream_reason IS NOT NULL"),
      forget_losses(database, "DELETE FROM lost WHERE declared_in <= ?"),
      note_try(database,
               "UPDATE rollup SET state = ?, tries = ?, troubled_tries = ?, troubled_ms = ?"
               " WHERE sequence = ? AND state <> 'dead'"),
      kill(database, "UPDATE rollup SET state = 'dead' WHERE sequence = ? AND state <> 'dead'"),
      revive(database, "UPDATE rollup SET state = 'pending' WHERE sequence = ? AND state = 'aside'") {}

sqlite_store::sqlite_store(std::filesystem::path file, SQLite::Database database)
    : file_{std::move(file)}, database_{std::move(database)}, sql_{database_} {
  current();
}

/// The border to SQLiteCpp: what it throws becomes an error with the path.
template <class Work>
auto sqlite_store::attempt(const char* what, Work work) const {
  using outcome = decltype(work());
  try {
    return work();
  } catch (const SQLite::Exception& refused) {
    return outcome{fail(error_kind::disk, fmt::format("cannot {} {}: {}", what, file_.native(), refused.what()))};
  }
}

model::result<sqlite_store> sqlite_store::open(const std::filesystem::path& directory,
                                               const store_parameters& first_start) {
  const auto file = directory / store_file_name;
  try {
    auto database = open_database(file);
    if (!database) return std::unexpected(database.error());
    SQLite::Statement begin_stream(*database,
                                   "INSERT INTO meta (row, stream, stream_reason, gateway, next_sequence, lost_total)"
                                   " VALUES (1, ?, 'new', ?, 1, 0) ON CONFLICT DO NOTHING");
    use(begin_stream, first_start.new_stream_id, first_start.gateway).run();
    return sqlite_store{file, std::move(*database)};
  } catch (const SQLite::Exception& refused) {
    return fail(error_kind::disk, fmt::format("cannot open {}: {}", file.native(), refused.what()));
  }
}

const overview& sqlite_store::current() {
  use query(sql_.data_version);
  query.next_row();
  const auto version = query.column(0).getInt64();
  if (version != seen_version_) {
    glance_ = read_overview(database_);
    seen_version_ = version;
  }
  return glance_;
}

model::result<void> sqlite_store::store(const record& made) {
  return attempt("store a rollup in", [&]() -> model::result<void> {
    if (made.body.size() > max_body_bytes) {
      return fail(error_kind::internal,
                  fmt::format("a body of {} bytes is over the outbox's limit of {}", made.body.size(), max_body_bytes));
    }
    const auto packed = gzip(made.body);
    const auto sum = checksum({made.sequence, made.id, made.stored_at, made.body.size(), packed});

    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    overview after = current();
    EDGE_ROLLUP_INVARIANT(made.sequence == after.next_sequence);
    use insert(sql_.insert, to_integer(made.sequence), made.id, made.stored_at.time_since_epoch().count(),
               to_integer(made.body.size()), std::int64_t{sum});
    sql_.insert.bindNoCopy(6, packed.data(), static_cast<int>(packed.size()));  // read by the next line only
    insert.run();
    use(sql_.use_sequence).run();
    transaction.commit();

    after.next_sequence += 1;
    after.pending += 1;
    after.bytes += packed.size();
    if (!after.oldest) after.oldest = made.stored_at;
    glance_ = std::move(after);
    return {};
  });
}

model::result<std::vector<entry>> sqlite_store::front(std::size_t limit) {
  return attempt("read", [&]() -> model::result<std::vector<entry>> {
    current();
    constexpr std::uint64_t all = std::numeric_limits<std::int64_t>::max();
    use query(sql_.front, to_integer(std::min<std::uint64_t>(limit, all)));
    std::vector<entry> waiting;
    while (query.next_row()) {
      waiting.push_back({.sequence = to_count(query.column(0)),
                         .state = to_enum<entry_state>(state_words, query.column(1)),
                         .tries = query.column(2).getUInt(),
                         .troubled_tries = query.column(3).getUInt(),
                         .troubled = model::milliseconds{query.column(4).getInt64()}});
    }
    return waiting;
  });
}

model::result<std::optional<record>> sqlite_store::load(std::uint64_t sequence) {
  return attempt("read", [&]() -> model::result<std::optional<record>> {
    use query(sql_.load, to_integer(sequence));
    if (!query.next_row()) return std::nullopt;
    record found;
    found.sequence = sequence;
    found.id = query.column(0).getString();
    found.stored_at = to_wall_time(query.column(1));
    const auto raw_bytes = static_cast<std::size_t>(to_count(query.column(2)));
    const auto body = query.column(4);
    const std::string_view packed{static_cast<const char*>(body.getBlob()), static_cast<std::size_t>(body.getBytes())};

    const bool intact =
        query.column(3).getInt64() == checksum({sequence, found.id, found.stored_at, raw_bytes, packed});
    auto raw = intact ? gunzip(packed, raw_bytes) : std::nullopt;
    if (!raw) {
      return fail(error_kind::bad_data,
                  fmt::format("rollup {} in {} is damaged: its checksum is wrong", sequence, file_.native()));
    }
    found.body = std::move(*raw);
    return found;
  });
}

model::result<void> sqlite_store::settle(const settlement& change) {
  return attempt("settle a rollup in", [&]() -> model::result<void> {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    overview after = current();
    const auto bury = [&after](std::uint64_t count) {
      after.pending -= count;
      after.dead += count;
    };
    if (change.delivered) deliver(*change.delivered, after);
    if (change.tried) {
      const auto& [sequence, state, tries, troubled_tries, troubled] = *change.tried;
      const auto changed = use(sql_.note_try, to_word(state_words, state), tries, troubled_tries,
                               std::int64_t{troubled.count()}, to_integer(sequence))
                               .run();
      if (state == entry_state::dead) bury(changed);
    }
    for (const auto sequence : change.dead) bury(use(sql_.kill, to_integer(sequence)).run());
    for (const auto sequence : change.pending) use(sql_.revive, to_integer(sequence)).run();
    after.oldest = read_oldest(database_);
    transaction.commit();
    glance_ = std::move(after);
    return {};
  });
}

void sqlite_store::deliver(std::uint64_t sequence, overview& after) {
  use removal(sql_.remove, to_integer(sequence));
  if (removal.next_row()) {
    const bool was_dead = to_enum<entry_state>(state_words, removal.column(0)) == entry_state::dead;
    (was_dead ? after.dead : after.pending) -= 1;
    after.bytes -= to_count(removal.column(1));
  }
  use(sql_.declare_stream).run();
  after.reason.reset();
  if (use(sql_.forget_losses, to_integer(sequence)).run() > 0) after.lost.ranges = read_losses(database_);
}

}  // namespace edge_rollup::outbox
