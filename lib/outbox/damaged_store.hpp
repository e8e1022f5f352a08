// A damaged store, read as far as it can be. What it gives out is what was stored: each record is under a checksum.
#pragma once

#include "model/rollup.hpp"
#include "outbox/entry.hpp"
#include "outbox/meta_twin.hpp"
#include "outbox/salvage_progress.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::outbox {

/// An intact record as it stands in the file, the columns in their order.
struct intact_row {
  std::uint64_t sequence = 0;
  std::string id;
  std::int64_t stored_at = 0;
  std::int64_t raw_bytes = 0;
  std::int64_t checksum = 0;
  std::string packed;
  entry_state state = entry_state::pending;
  std::int64_t tries = 0;
  std::int64_t troubled_tries = 0;
  std::int64_t troubled_ms = 0;
  std::int64_t kept_at_ms = 0;
};

/// What the indices and the kept answers say was there, even where the records cannot be read.
struct indexed_numbers {
  std::vector<std::uint64_t> found;  ///< ascending, each once
  bool complete = true;              ///< the indices could be read to their ends
};

/// Operation:   reads only, and counts what that was in vain for. A file that is gone is one of which nothing can be
///              read.
/// Concurrency: one thread at a time.
/// Errors:      damage ends what is read; all other trouble throws SQLite::Exception.
class damaged_store {
 public:
  explicit damaged_store(const std::filesystem::path& file);

  [[nodiscard]] std::optional<known_meta> meta() const;
  /// Losses that no delivered rollup has told of, all of them.
  [[nodiscard]] std::vector<model::lost_range> losses() const;
  [[nodiscard]] indexed_numbers indexed() const;
  /// Of the records, as far as one way down to them can be read; 0 where none can.
  [[nodiscard]] std::uint64_t highest_number() const;
  /// Of earlier damaged stores, whose salvage had not ended.
  [[nodiscard]] std::vector<salvage_progress> open_salvages() const;
  [[nodiscard]] std::optional<intact_row> find(std::uint64_t sequence);
  /// Under no checksum: it is for people only.
  [[nodiscard]] std::optional<last_answer> answer(std::uint64_t sequence) const;
  /// Of damaged records that were read so far.
  [[nodiscard]] std::uint64_t damaged_bytes() const noexcept { return damaged_bytes_; }

 private:
  friend class found_rows;
  [[nodiscard]] std::string columns() const;
  [[nodiscard]] std::optional<intact_row> read(const SQLite::Statement& row);

  std::optional<SQLite::Database> file_;
  std::uint64_t damaged_bytes_ = 0;
};

/// The records above a number in the order in which they are found, up to the end or to damage. The store outlives it.
class found_rows {
 public:
  found_rows(damaged_store& store, std::uint64_t above);
  /// Goes to the next one. False where there is none.
  [[nodiscard]] bool next();
  /// The next one is this one once more.
  void stay() noexcept { stays_ = true; }
  /// The one that `next` went to. Empty where its checksum is wrong; then not even its number is certain.
  [[nodiscard]] const std::optional<intact_row>& row() const noexcept { return row_; }

 private:
  damaged_store* store_;
  std::optional<SQLite::Statement> query_;
  std::optional<intact_row> row_;
  bool stays_ = false;
};

/// The description of the store, also where another process writes to it, or where there is no room for the index of
/// its log; the file stays as it is. Empty where that cannot be read now.
[[nodiscard]] std::optional<known_meta> peek_at_meta(const std::filesystem::path& file);

}  // namespace edge_rollup::outbox
