#include "outbox/salvage.hpp"

#include "outbox/body_codec.hpp"
#include "outbox/changeover.hpp"
#include "outbox/database.hpp"
#include "outbox/loss_table.hpp"
#include "outbox/page_one.hpp"
#include "outbox/schema.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;

/// Numbers looked for one by one where a walk over the table ends in damage.
constexpr std::uint64_t most_lookups = 100'000;
/// A next number beyond it is damage; no store comes near it.
constexpr std::uint64_t most_numbers = 1ULL << 52;

/// Trouble that may pass must not be taken for records that are gone.
bool is_damage(const SQLite::Exception& refused) {
  switch (trouble_of(refused)) {
    case disk_trouble::full: return false;
    case disk_trouble::io: return refused.getExtendedErrorCode() == SQLITE_IOERR_READ;
    // Tables and columns that are not there, lengths that cannot be.
    case disk_trouble::other: return refused.getErrorCode() == SQLITE_ERROR || refused.getErrorCode() == SQLITE_TOOBIG;
    default: return true;
  }
}

/// Damage ends what is read here, and what was read until then stands. Returns whether it was read to the end; what is
/// missing is found by comparing numbers.
bool as_far_as_readable(const std::function<void()>& read) {
  try {
    read();
    return true;
  } catch (const SQLite::Exception& refused) {
    if (!is_damage(refused)) throw;
    return false;
  }
}

/// A column that stores of the first version do not have; they were all new then.
std::string_view of_second_version(const SQLite::Database& damaged, std::string_view column) {
  SQLite::Statement query(damaged, "PRAGMA user_version");
  return query.executeStep() && query.getColumn(0).getInt() < 2 ? "0" : column;
}

/// What the store knew of itself.
struct known_meta {
  std::string stream;
  std::string gateway;
  std::uint64_t next = 1;
  std::uint64_t lost_total = 0;
  std::int64_t elapsed_ms = 0;
  std::uint64_t reserved_to = 0;
};

std::optional<known_meta> read_meta(const SQLite::Database& damaged) {
  std::optional<known_meta> found;
  as_far_as_readable([&] {
    SQLite::Statement query(
        damaged, fmt::format("SELECT stream, gateway, next_sequence, lost_total, {}, {} FROM meta",
                             of_second_version(damaged, "elapsed_ms"), of_second_version(damaged, "reserved_to")));
    if (!query.executeStep()) return;
    known_meta read{query.getColumn(0).getString(), query.getColumn(1).getString(), to_count(query.getColumn(2)),
                    to_count(query.getColumn(3)),   query.getColumn(4).getInt64(),  to_count(query.getColumn(5))};
    if (read.next < most_numbers && read.reserved_to < most_numbers) found = std::move(read);
  });
  return found;
}

/// What the indices say was there, even where the records cannot be read.
struct indexed_numbers {
  std::set<std::uint64_t> found;
  bool complete = true;
};

indexed_numbers read_indices(const SQLite::Database& damaged) {
  indexed_numbers numbers;
  for (const auto* which : {"<>", "="}) {
    numbers.complete &= as_far_as_readable([&] {
      SQLite::Statement query(damaged, fmt::format("SELECT sequence FROM rollup WHERE state {} 'dead'", which));
      while (query.executeStep()) numbers.found.insert(to_count(query.getColumn(0)));
    });
  }
  return numbers;
}

constexpr std::string_view columns =
    "sequence, id, stored_at, raw_bytes, checksum, body, state, tries, troubled_tries, troubled_ms";

/// Copies records from a damaged store into a transaction on a new one.
class copying {
 public:
  copying(const SQLite::Database& damaged, const SQLite::Database& fresh)
      : damaged_{damaged},
        insert_{fresh,
                fmt::format("INSERT INTO rollup ({}, kept_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", columns)} {}

  /// From both ends towards the damage, and number by number between, as long as that is not too far.
  void copy_all(const std::set<std::uint64_t>& indexed, std::uint64_t next) {
    walk("ORDER BY sequence");
    const auto low = saved_.empty() ? 0 : *saved_.rbegin();
    walk(fmt::format("WHERE sequence > {} ORDER BY sequence DESC", low));
    const auto above = saved_.upper_bound(low);
    const auto high = above == saved_.end() ? next : *above;
    for (const auto sequence : indexed) look_up(sequence);
    if (high - low > most_lookups) return;
    for (auto sequence = low + 1; sequence < high; ++sequence) look_up(sequence);
  }

  [[nodiscard]] const std::set<std::uint64_t>& saved() const noexcept { return saved_; }
  /// Records that were read and are not what was stored.
  [[nodiscard]] const std::set<std::uint64_t>& altered() const noexcept { return altered_; }

 private:
  void walk(const std::string& where) {
    as_far_as_readable([&] {
      SQLite::Statement query(damaged_, fmt::format("SELECT {}, {} FROM rollup {}", columns,
                                                    of_second_version(damaged_, "kept_at_ms"), where));
      for (use rows(query); rows.next_row();) copy(rows);
    });
  }

  void look_up(std::uint64_t sequence) {
    if (!saved_.contains(sequence)) walk(fmt::format("WHERE sequence = {}", sequence));
  }

  void copy(const use& row) {
    const auto sequence = to_count(row.column(0));
    if (saved_.contains(sequence)) return;
    const auto body = row.column(5);
    const std::string id = row.column(1).getString();
    const std::string_view packed{static_cast<const char*>(body.getBlob()), static_cast<std::size_t>(body.getBytes())};
    const auto sum = checksum({sequence, id, to_wall_time(row.column(2)), to_count(row.column(3)), packed});
    if (row.column(4).getInt64() != sum) {
      altered_.insert(sequence);
      return;
    }
    const auto state = to_enum<entry_state>(state_words, row.column(6));
    use insertion(insert_, to_integer(sequence), id, row.column(2).getInt64(), row.column(3).getInt64(),
                  std::int64_t{sum});
    insert_.bindNoCopy(6, packed.data(), static_cast<int>(packed.size()));  // read by the run below only
    insert_.bind(7, to_word(state_words, state));
    for (int column = 7; column <= 10; ++column) insert_.bind(column + 1, row.column(column).getInt64());
    run_or_escape(insertion);
    saved_.insert(sequence);
    altered_.erase(sequence);
  }

  /// Trouble with the new store must not be taken for damage of the old one.
  static void run_or_escape(use& insertion) {
    try {
      insertion.run();
    } catch (const SQLite::Exception& refused) {
      throw new_store_refused{refused};
    }
  }

 public:
  struct new_store_refused {
    SQLite::Exception why;
  };

 private:
  const SQLite::Database& damaged_;
  SQLite::Statement insert_;
  std::set<std::uint64_t> saved_;
  std::set<std::uint64_t> altered_;
};

/// Returns what it copied.
std::vector<model::lost_range> copy_losses(const SQLite::Database& damaged, const SQLite::Database& fresh,
                                           std::uint64_t next) {
  std::vector<model::lost_range> untold;
  as_far_as_readable([&] { untold = read_losses(damaged); });
  std::erase_if(untold, [next](const model::lost_range& each) {
    return each.from == 0 || each.from > each.to || each.to >= next;
  });
  for (const auto& each : untold) declare_loss(fresh, each, first_to_tell(fresh));
  return untold;
}

/// The stream begins one number later than it could: the rollup of the round under way still carries the old one.
void write_meta(const SQLite::Database& fresh, const std::optional<known_meta>& meta, std::uint64_t next,
                const store_parameters& parameters) {
  SQLite::Statement insert(fresh,
                           "INSERT INTO meta (row, stream, stream_reason, previous_stream, gateway, next_sequence,"
                           " lost_total, elapsed_ms, machine, stream_from, reserved_to)"
                           " VALUES (1, ?, 'salvaged', ?, ?, ?, 0, ?, ?, ?, ?)");
  insert.bind(1, parameters.new_stream_id);
  if (meta) insert.bind(2, meta->stream);
  insert.bind(3, meta ? meta->gateway : parameters.gateway);
  insert.bind(4, to_integer(next));
  insert.bind(5, meta ? meta->elapsed_ms : std::int64_t{0});
  insert.bind(6, to_text(parameters.machine));
  insert.bind(7, to_integer(next + 1));
  insert.bind(8, to_integer(meta ? meta->reserved_to : 0));
  insert.exec();
}

/// The numbers of what must have been in the store. Where the indices do not say, every number from the first one on
/// that is known is taken for one that was waiting.
std::set<std::uint64_t> known_numbers(const indexed_numbers& indexed, const copying& records, std::uint64_t next) {
  std::set<std::uint64_t> known;
  for (const auto* some : {&indexed.found, &records.altered(), &records.saved()}) {
    std::ranges::copy_if(*some, std::inserter(known, known.end()),
                         [next](std::uint64_t sequence) { return sequence > 0 && sequence < next; });
  }
  if (indexed.complete || known.empty() || next - *known.begin() > most_lookups) return known;
  for (auto sequence = *known.begin(); sequence < next; ++sequence) known.insert(sequence);
  return known;
}

salvage_report carry_over(SQLite::Database& damaged, SQLite::Database& fresh, const store_parameters& parameters,
                          std::uint64_t least_next) {
  const auto meta = read_meta(damaged);
  const auto indexed = read_indices(damaged);
  SQLite::Transaction transaction(fresh, SQLite::TransactionBehavior::IMMEDIATE);
  copying records(damaged, fresh);
  auto next = std::max(meta ? meta->next : 1, least_next);
  records.copy_all(indexed.found, next);
  if (!records.saved().empty()) next = std::max(next, *records.saved().rbegin() + 1);
  write_meta(fresh, meta, next, parameters);
  const auto told = copy_losses(damaged, fresh, next);
  const auto is_told = [&told](std::uint64_t sequence) {
    return std::ranges::any_of(told,
                               [sequence](const auto& each) { return each.from <= sequence && sequence <= each.to; });
  };
  salvage_report report{.saved = records.saved().size(), .lost = 0, .previous_stream = {}};
  for (const auto sequence : known_numbers(indexed, records, next)) {
    if (records.saved().contains(sequence) || is_told(sequence)) continue;
    declare_loss(fresh, {sequence, sequence, model::loss_reason::damage}, first_to_tell(fresh));
    report.lost += 1;
  }
  if (meta) {
    report.previous_stream = meta->stream;
    SQLite::Statement total(fresh, "UPDATE meta SET lost_total = ?");
    use(total, to_integer(meta->lost_total + report.lost)).run();
  }
  transaction.commit();
  return report;
}

/// Without a first page that says where what is, nothing is found: that of `fresh` says the same.
fs::path readable(const fs::path& damaged, const fs::path& fresh) {
  if (has_sound_first_page(damaged, fresh)) return damaged;
  const auto copy = fresh.parent_path() / salvage_copy_name;
  const auto failed = copy_with_first_page(damaged, fresh, copy);
  if (failed == std::errc::no_space_on_device) throw SQLite::Exception("no room for a copy", SQLITE_FULL);
  return failed ? damaged : copy;
}

/// An empty store of this version, all of it in the file.
model::result<void> make_empty(const fs::path& file) {
  auto fresh = open_database(file);
  if (!fresh) return std::unexpected(fresh.error());
  write_log_into_file(*fresh);
  return {};
}

}  // namespace

std::expected<salvage_report, refusal> salvage(const fs::path& directory, const store_parameters& parameters,
                                               std::uint64_t least_next) {
  const auto file = directory / salvage_file_name;
  const auto refuse = [&file](const SQLite::Exception& why) {
    model::error error{model::error_kind::disk, fmt::format("cannot salvage into {}: {}", file.native(), why.what())};
    return std::unexpected(refusal{std::move(error), trouble_of(why)});
  };
  try {
    if (auto made = make_empty(file); !made) return std::unexpected(refusal{made.error(), disk_trouble::none});
    const auto source = readable(directory / store_file_name, file);
    auto fresh = open_database(file);
    if (!fresh) return std::unexpected(refusal{fresh.error(), disk_trouble::none});
    SQLite::Database old(source.native(), SQLite::OPEN_READONLY);
    const auto report = carry_over(old, *fresh, parameters, least_next);
    write_log_into_file(*fresh);
    return report;
  } catch (const copying::new_store_refused& refused) {
    return refuse(refused.why);
  } catch (const SQLite::Exception& refused) {
    return refuse(refused);
  }
}

}  // namespace edge_rollup::outbox
