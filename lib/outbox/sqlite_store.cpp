#include "outbox/sqlite_store.hpp"

#include "model/invariant.hpp"
#include "outbox/answer_table.hpp"
#include "outbox/body_codec.hpp"
#include "outbox/database.hpp"
#include "outbox/loss_table.hpp"
#include "outbox/meta_twin.hpp"
#include "outbox/open_stream.hpp"
#include "outbox/read_overview.hpp"
#include "outbox/read_record.hpp"
#include "outbox/schema.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"
#include "runtime/crash_point.hpp"

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string_view>
#include <utility>

namespace edge_rollup::outbox {

using model::error_kind;
using model::fail;

sqlite_store::statements::statements(const SQLite::Database& database)
    : data_version(database, "PRAGMA data_version"),
      insert(database,
             "INSERT INTO rollup"
             " (sequence, id, stored_at, state, tries, troubled_tries, troubled_ms, raw_bytes, checksum, kept_at_ms,"
             " body) VALUES (?, ?, ?, 'pending', 0, 0, 0, ?, ?, ?, ?)"),
      use_sequence(database, "UPDATE meta SET next_sequence = ?, elapsed_ms = ?, reserved_to = 0"),
      front(database,
            "SELECT sequence, state, tries, troubled_tries, troubled_ms FROM rollup WHERE state <> 'dead'"
            " ORDER BY sequence LIMIT ?"),
      load(database, std::string("SELECT ") + record_columns + " FROM rollup WHERE sequence = ?"),
      remove(database, "DELETE FROM rollup WHERE sequence = ? RETURNING state, length(body)"),
      declare_stream(database,
                     "UPDATE meta SET stream_reason = NULL WHERE stream_reason IS NOT NULL"
                     " AND stream_from <= ?"),
      note_try(database,
               "UPDATE rollup SET state = ?, tries = ?, troubled_tries = ?, troubled_ms = ?"
               " WHERE sequence = ? AND state <> 'dead'"),
      kill(database, "UPDATE rollup SET state = 'dead' WHERE sequence = ? AND state <> 'dead'"),
      revive(database, "UPDATE rollup SET state = 'pending' WHERE sequence = ? AND state = 'aside'"),
      oldest_dead(database, "SELECT sequence, kept_at_ms FROM rollup WHERE state = 'dead' ORDER BY sequence LIMIT 1"),
      oldest_waiting(database,
                     "SELECT sequence, kept_at_ms FROM rollup WHERE state <> 'dead' ORDER BY sequence LIMIT 1") {}

sqlite_store::sqlite_store(std::filesystem::path file, SQLite::Database database, const store_parameters& parameters)
    : file_{std::move(file)},
      database_{std::move(database)},
      number_{number_of(file_)},
      log_number_{number_of(log_file())},
      bounds_{parameters.bounds},
      busy_timeout_{parameters.busy_timeout},
      sql_{database_},
      open_salvages_{read_salvages(database_)} {
  wait_for_others(busy_timeout_);
  elapsed_ = model::milliseconds{database_.execAndGet("SELECT elapsed_ms FROM meta").getInt64()};
  current();
}

/// The border to SQLiteCpp: what it throws becomes an error with the path.
template <class Work>
auto sqlite_store::attempt(const char* what, Work work) {
  using outcome = decltype(work());
  trouble_ = disk_trouble::none;
  try {
    return work();
  } catch (const SQLite::Exception& refused) {
    trouble_ = trouble_of(refused);
    const bool is_locked = trouble_ == disk_trouble::locked;
    if (is_locked) wait_for_others(std::min(busy_timeout_, busy_timeout_of_the_refused));
    return outcome{
        fail(error_kind::disk, fmt::format("cannot {} {}: {}{}", what, file_.native(), refused.what(),
                                           is_locked ? "; another process has it to itself, fuser says which" : ""))};
  }
}

/// One transaction, and the overview as `change` leaves it.
template <class Change>
model::result<void> sqlite_store::commit(const char* what, Change change) {
  return attempt(what, [&]() -> model::result<void> {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    overview after = current();
    change(after);
    note_oldest(after);
    after.file_bytes = read_file_bytes(database_);
    runtime::crash_point(what, "before_commit");
    transaction.commit();
    runtime::crash_point(what, "after_commit");
    glance_ = std::move(after);
    wait_for_others(busy_timeout_);
    return {};
  });
}

model::result<sqlite_store> sqlite_store::open(const std::filesystem::path& directory,
                                               const store_parameters& parameters) {
  auto opened = try_open(directory, parameters, process_life::begins);
  if (!opened) return std::unexpected(std::move(opened.error().error));
  return std::move(*opened);
}

std::expected<sqlite_store, refusal> sqlite_store::try_open(const std::filesystem::path& directory,
                                                            const store_parameters& parameters, process_life life) {
  const auto file = directory / store_file_name;
  try {
    auto database = open_database(file);
    if (!database) return std::unexpected(refusal{database.error(), disk_trouble::none});
    open_stream(*database, parameters, life);
    return sqlite_store{file, std::move(*database), parameters};
  } catch (const SQLite::Exception& refused) {
    model::error why{error_kind::disk, fmt::format("cannot open {}: {}", file.native(), refused.what())};
    return std::unexpected(refusal{std::move(why), trouble_at_opening(refused, file)});
  }
}

void sqlite_store::wait_for_others(std::chrono::milliseconds longest) {
  if (wait_ != longest) database_.setBusyTimeout(static_cast<int>(longest.count()));
  wait_ = longest;
}

/// Empty where it cannot be looked at, for the reason in errno.
std::optional<sqlite_store::file_number> sqlite_store::number_of(const std::filesystem::path& file) noexcept {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return file_number{found.st_dev, found.st_ino};
}

const overview& sqlite_store::current() {
  use query(sql_.data_version);
  query.next_row();
  const auto version = query.column(0).getInt64();
  if (version != seen_version_) {
    compare_with_twins(database_);
    auto found = read_overview(database_);
    found.limit_bytes = bounds_.max_bytes;
    found.max_age = bounds_.max_age;
    note_oldest(found);
    found.discarded = glance_.discarded;
    found.salvaged = glance_.salvaged;
    const auto known = seen_version_ ? glance_.lost.total : found.lost.total;
    // Nobody but an operator's command declares losses beside this process.
    found.discarded.at(static_cast<std::size_t>(model::loss_reason::operator_request)) +=
        found.lost.total - std::min(known, found.lost.total);
    glance_ = std::move(found);
    seen_version_ = version;
  }
  return glance_;
}

void sqlite_store::note_oldest(overview& after) {
  const auto oldest = read_oldest(database_);
  after.oldest = oldest ? std::optional(oldest->stored_at) : std::nullopt;
  after.oldest_age = oldest ? elapsed_ - oldest->kept_at : model::milliseconds{0};
}

void sqlite_store::time_is(model::mono_time now) {
  if (now_) elapsed_ += std::chrono::floor<model::milliseconds>(now - *now_);
  now_ = now;
}

model::result<void> sqlite_store::store(const record& made) {
  constexpr const char* what = "store a rollup in";
  if (made.body.size() > max_body_bytes) {
    trouble_ = disk_trouble::none;
    return fail(error_kind::internal,
                fmt::format("a body of {} bytes is over the outbox's limit of {}", made.body.size(), max_body_bytes));
  }
  const auto packed = gzip(made.body);
  return commit(what, [&](overview& after) {
    EDGE_ROLLUP_INVARIANT(made.sequence == after.next_sequence);
    insert(made, packed);
    after.next_sequence += 1;
    after.pending += 1;
    after.bytes += packed.size();
    after.newest_bytes = packed.size();
    use(sql_.use_sequence, to_integer(after.next_sequence), std::int64_t{elapsed_.count()}).run();
    keep_within_bounds(made.sequence, after);
  });
}

void sqlite_store::insert(const record& made, std::string_view packed) {
  const auto sum = checksum({made.sequence, made.id, made.stored_at, made.body.size(), packed});
  use insertion(sql_.insert, to_integer(made.sequence), made.id,
                std::int64_t{made.stored_at.time_since_epoch().count()}, to_integer(made.body.size()),
                std::int64_t{sum}, std::int64_t{elapsed_.count()});
  sql_.insert.bindNoCopy(7, packed.data(), static_cast<int>(packed.size()));  // read by the next line only
  insertion.run();
}

/// The newest is kept, however large it is. Neighbours are declared as one range.
void sqlite_store::keep_within_bounds(std::uint64_t newest, overview& after) {
  std::vector<model::lost_range> gone;
  for (std::size_t discards = 0; discards < most_discards; ++discards) {
    const auto next = next_to_go(newest);
    if (!next) break;
    remove(next->from, after);
    const bool goes_on = !gone.empty() && gone.back().to + 1 == next->from && gone.back().reason == next->reason;
    if (goes_on) {
      gone.back().to = next->to;
    } else {
      gone.push_back(*next);
    }
  }
  declare_discarded(gone, first_to_tell(database_), after);
}

std::optional<std::uint64_t> sqlite_store::too_old(SQLite::Statement& oldest, std::uint64_t newest) {
  use query(oldest);
  if (!query.next_row() || to_count(query.column(0)) == newest) return std::nullopt;
  const model::milliseconds kept_at{query.column(1).getInt64()};
  return elapsed_ - kept_at > bounds_.max_age ? std::optional(to_count(query.column(0))) : std::nullopt;
}

/// Empty where the bounds are kept. Dead letters go first.
std::optional<model::lost_range> sqlite_store::next_to_go(std::uint64_t newest) {
  const auto in_order = {&sql_.oldest_dead, &sql_.oldest_waiting};
  for (auto* oldest : in_order) {
    if (const auto old = too_old(*oldest, newest)) return model::lost_range{*old, *old, model::loss_reason::max_age};
  }
  if (read_file_bytes(database_) <= bounds_.max_bytes) return std::nullopt;
  for (auto* oldest : in_order) {
    use query(*oldest);
    if (!query.next_row()) continue;
    const auto sequence = to_count(query.column(0));
    if (sequence != newest) return model::lost_range{sequence, sequence, model::loss_reason::max_bytes};
  }
  return std::nullopt;
}

model::result<std::vector<entry>> sqlite_store::front(std::size_t limit) {
  return attempt("read", [&]() -> model::result<std::vector<entry>> {
    current();
    constexpr std::uint64_t all = std::numeric_limits<std::int64_t>::max();
    use query(sql_.front, to_integer(std::min<std::uint64_t>(limit, all)));
    std::vector<entry> waiting;
    while (query.next_row()) waiting.push_back(to_entry(query));
    return waiting;
  });
}

model::result<std::optional<record>> sqlite_store::load(std::uint64_t sequence) {
  auto found = attempt("read", [&]() -> model::result<std::optional<record>> {
    use query(sql_.load, to_integer(sequence));
    if (!query.next_row()) return std::nullopt;
    auto intact = to_record(query);
    if (intact) return intact;
    return fail(error_kind::bad_data,
                fmt::format("rollup {} in {} is damaged: its checksum is wrong", sequence, file_.native()));
  });
  if (found || found.error().kind != error_kind::bad_data) return found;
  const auto discarded = commit("discard a rollup in", [&](overview& after) {
    remove(sequence, after);
    declare_discarded({model::lost_range{sequence, sequence, model::loss_reason::damage}}, first_to_tell(database_),
                      after);
  });
  if (!discarded) return std::unexpected(discarded.error());
  return found;
}

model::result<void> sqlite_store::settle(const settlement& change) {
  return commit("settle a rollup in", [&](overview& after) {
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
      if (changed > 0 && change.answer) note_answer(database_, sequence, *change.answer);
    }
    for (const auto sequence : change.dead) bury(use(sql_.kill, to_integer(sequence)).run());
    for (const auto sequence : change.pending) use(sql_.revive, to_integer(sequence)).run();
  });
}

void sqlite_store::put_off_the_rest(const overview& now, std::uint64_t first) {
  if (now.lost.ranges.size() == told_ranges) put_off_telling(database_, first);
}

void sqlite_store::deliver(std::uint64_t sequence, overview& after) {
  put_off_the_rest(after, first_to_tell(database_));
  const bool taken_back = !remove(sequence, after) && take_loss_back(database_, sequence);
  if (use(sql_.declare_stream, to_integer(sequence)).run() > 0) after.reason.reset();
  if (forget_told(database_, sequence) || taken_back) after.lost.ranges = read_losses(database_);
}

/// Whether it was there.
bool sqlite_store::remove(std::uint64_t sequence, overview& after) {
  use removal(sql_.remove, to_integer(sequence));
  if (!removal.next_row()) return false;
  const bool was_dead = to_enum<entry_state>(state_words, removal.column(0)) == entry_state::dead;
  (was_dead ? after.dead : after.pending) -= 1;
  after.bytes -= to_count(removal.column(1));
  return true;
}

void sqlite_store::declare_discarded(const std::vector<model::lost_range>& gone, std::uint64_t declared_in,
                                     overview& after) {
  if (gone.empty()) return;
  put_off_the_rest(after, declared_in);
  for (const auto& each : gone) {
    after.lost.total += declare_loss(database_, each, declared_in);
    after.discarded.at(static_cast<std::size_t>(each.reason)) += each.to - each.from + 1;
  }
  after.lost.ranges = read_losses(database_);
}

model::result<void> sqlite_store::account(const accounting& numbers) {
  return commit("account for rollups in", [&](overview& after) {
    const bool takes_over = numbers.stream && numbers.stream->id != after.stream;
    if (takes_over) go_on_with(numbers.stream.value(), after);
    const auto losses = not_below(after.next_sequence, numbers.losses);
    const auto told_losses = count_not_below(after.next_sequence, numbers.told_losses);
    SQLite::Statement reserve(database_,
                              "UPDATE meta SET next_sequence = ?, reserved_to = ?, lost_total = lost_total + ?");
    use(reserve, to_integer(numbers.next), to_integer(numbers.reserved_to), to_integer(told_losses)).run();
    after.next_sequence = numbers.next;
    after.lost.total += told_losses;
    if (takes_over) tell_not_before(database_, first_to_tell(database_));
    for (const auto& [lost, declared_in] : losses) {
      after.lost.total += declare_loss(database_, lost, declared_in);
    }
    after.lost.ranges = read_losses(database_);
  });
}

void sqlite_store::go_on_with(const memory_stream& stream, overview& after) {
  for (const auto sequence : stream.refused) remove(sequence, after);
  outbox::go_on_with(database_, stream);
  const auto now = read_overview(database_);
  after.stream = now.stream;
  after.previous_stream = now.previous_stream;
  after.reason = now.reason;
}

model::result<salvage_gain> sqlite_store::salvage(salvage_run& run) {
  salvage_gain gain;
  auto done = commit("salvage rollups into", [&](overview& after) {
    put_off_the_rest(after, first_to_tell(database_));
    gain = run.step(database_);
    after.pending += gain.pending;
    after.dead += gain.dead;
    after.bytes += gain.bytes;
    after.lost = {after.lost.total + gain.lost, read_losses(database_)};
    after.discarded.at(static_cast<std::size_t>(model::loss_reason::damage)) += gain.lost;
    after.salvaged += gain.pending + gain.dead;
  });
  if (!done) return std::unexpected(std::move(done.error()));
  run.keep(gain);
  return gain;
}

bool sqlite_store::is_in_place() const noexcept {
  const auto now = number_of(file_);
  if (!now) return errno != ENOENT;
  return !number_ || now == number_;
}

bool sqlite_store::is_log_in_place() const noexcept {
  return log_number_ && number_of(log_file()) == log_number_;
}

model::result<std::unique_ptr<store_copy>> sqlite_store::begin_copy(const std::filesystem::path& file) {
  return attempt("copy", [&]() -> model::result<std::unique_ptr<store_copy>> {
    if (auto made = make_private(file); !made) return std::unexpected(made.error());
    return std::make_unique<store_copy>(file, database_);
  });
}

model::result<bool> sqlite_store::continue_copy(store_copy& copy) {
  return attempt("copy", [&]() -> model::result<bool> { return copy.step(); });
}

model::result<void> sqlite_store::mend_log() {
  return attempt("write the log again into", [&]() -> model::result<void> {
    write_log_again(database_);
    write_log_into_file(database_);
    return {};
  });
}

model::result<void> sqlite_store::empty_log() {
  return attempt("write the log into", [&]() -> model::result<void> {
    write_log_into_file(database_);
    return {};
  });
}

}  // namespace edge_rollup::outbox
