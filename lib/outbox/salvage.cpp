#include "outbox/salvage.hpp"

#include "outbox/changeover.hpp"
#include "outbox/damaged_store.hpp"
#include "outbox/database.hpp"
#include "outbox/loss_table.hpp"
#include "outbox/page_one.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"
#include "runtime/crash_point.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;

/// The numbers of the damaged store end here, and those of the new one begin.
struct boundary {
  std::uint64_t end = 1;
  std::uint64_t next = 1;
};

/// Where nothing says how far the numbers went, though there are records, new ones begin beyond all of them.
boundary boundary_of(damaged_store& source, const std::optional<known_meta>& meta, const known_numbers& known) {
  const auto highest = source.highest_number();
  const auto least = std::max(known.glance.next_sequence, highest + 1);
  if (meta) return {std::max(meta->next, least), std::max({meta->next, least})};
  const bool is_blind = least == 1 && found_rows(source, 0).next();
  return is_blind ? boundary{most_numbers, known.beyond_any} : boundary{least, least};
}

/// The stream begins one number later than it could: the rollup of the round under way still carries the old one.
void describe(const SQLite::Database& fresh, const std::optional<known_meta>& meta, std::uint64_t next,
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

/// What is not told yet, all of it; the total never goes back.
void copy_losses(const SQLite::Database& fresh, const damaged_store& source, const boundary& numbers,
                 std::uint64_t total) {
  for (const auto& each : source.losses()) {
    if (each.to < numbers.end) declare_loss(fresh, each, first_to_tell(fresh));
  }
  SQLite::Statement count(fresh, "UPDATE meta SET lost_total = max(lost_total, ?)");
  use(count, to_integer(total)).run();
}

std::optional<std::string> prepare(SQLite::Database& fresh, damaged_store source, const store_parameters& parameters,
                                   const known_numbers& known, const fs::path& aside) {
  const auto meta = source.meta();
  const auto numbers = boundary_of(source, meta, known);
  SQLite::Transaction transaction(fresh, SQLite::TransactionBehavior::IMMEDIATE);
  describe(fresh, meta, numbers.next, parameters);
  make_twins(fresh);
  copy_losses(fresh, source, numbers, std::max(meta ? meta->lost_total : 0, known.glance.lost.total));
  for (const auto& earlier : source.open_salvages()) note_salvage(fresh, earlier);
  note_salvage(fresh, {.source = aside.filename(), .end = numbers.end});
  runtime::crash_point("set_aside", "before_commit");
  transaction.commit();
  runtime::crash_point("set_aside", "after_commit");
  return meta ? std::optional(meta->stream) : std::nullopt;
}

/// An empty store of this version, all of it in the file.
model::result<void> make_empty(const fs::path& file) {
  auto fresh = open_database(file);
  if (!fresh) return std::unexpected(fresh.error());
  write_log_into_file(*fresh);
  return {};
}

}  // namespace

std::expected<set_aside, refusal> begin_salvage(const fs::path& directory, const store_parameters& parameters,
                                                const known_numbers& known, model::wall_time now) {
  const auto file = directory / salvage_file_name;
  const auto damaged = directory / store_file_name;
  set_aside done{.file = name_aside(directory, now), .stream = {}};
  try {
    if (auto made = make_empty(file); !made) return std::unexpected(refusal{made.error(), disk_trouble::other});
    if (const auto failed = mend_first_page(damaged, file)) {
      model::error error{model::error_kind::disk,
                         fmt::format("cannot mend {}: {}", damaged.native(), failed.message())};
      const bool is_full = failed == std::errc::no_space_on_device;
      return std::unexpected(refusal{std::move(error), is_full ? disk_trouble::full : disk_trouble::other});
    }
    auto fresh = open_database(file);
    if (!fresh) return std::unexpected(refusal{fresh.error(), disk_trouble::other});
    done.stream = prepare(*fresh, damaged_store(damaged), parameters, known, done.file);
    write_log_into_file(*fresh);
  } catch (const SQLite::Exception& refused) {
    model::error error{model::error_kind::disk,
                       fmt::format("cannot salvage into {}: {}", file.native(), refused.what())};
    return std::unexpected(refusal{std::move(error), trouble_of(refused)});
  }
  if (auto changed = change_over(directory, done.file); !changed) {
    return std::unexpected(refusal{changed.error(), disk_trouble::other});
  }
  return done;
}

}  // namespace edge_rollup::outbox
