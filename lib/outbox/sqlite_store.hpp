// The store of the outbox, one SQLite file. Blocking: sqlite_outbox.hpp runs it on the disk thread.
#pragma once

#include "model/result.hpp"
#include "outbox/entry.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::outbox {

inline constexpr const char* store_file_name = "outbox.db";

/// What a store is made with; one that exists keeps what it has.
struct store_parameters {
  std::string gateway;        ///< the name of this box
  std::string new_stream_id;  ///< UUIDv4
};

/// Operation:   every change is one transaction, synced to disk when the call returns. The overview is kept in memory
///              and read again only where another process wrote to the file. Changes to sequences that are gone (an
///              operator dropped them) do nothing.
/// Concurrency: one thread at a time. Other processes may use the same file.
/// Limits:      bodies of at most `max_body_bytes` (body_codec.hpp).
/// Errors:      `disk`, with the path and what SQLite said; nothing is changed then. No exception leaves.
class sqlite_store {
 public:
  /// Opens or makes the store in an existing `directory`. Errors besides `disk`: `state` where the file is another
  /// program's or of a newer version, `permission`.
  [[nodiscard]] static model::result<sqlite_store> open(const std::filesystem::path& directory,
                                                        const store_parameters& first_start);

  /// As of the last operation.
  [[nodiscard]] const overview& at_a_glance() const noexcept { return glance_; }

  /// `made.sequence` must be the next one. In the same transaction the sequence is used up, for ever.
  [[nodiscard]] model::result<void> store(const record& made);

  /// The oldest entries that wait, in sequence order, at most `limit`.
  [[nodiscard]] model::result<std::vector<entry>> front(std::size_t limit);

  /// Empty where the sequence is gone; error `bad_data` where the record is damaged.
  [[nodiscard]] model::result<std::optional<record>> load(std::uint64_t sequence);

  /// Applies the parts of `change` in the order of its fields. A delivered rollup has told the cloud why the stream
  /// began, and of the losses recorded before it was stored: both are forgotten.
  [[nodiscard]] model::result<void> settle(const settlement& change);

 private:
  sqlite_store(std::filesystem::path file, SQLite::Database database);

  template <class Work>
  auto attempt(const char* what, Work work) const;
  const overview& current();
  void deliver(std::uint64_t sequence, overview& after);

  /// Kept prepared: what runs with every rollup.
  struct statements {
    explicit statements(const SQLite::Database& database);
    SQLite::Statement data_version, insert, use_sequence, front, load, remove, declare_stream, forget_losses, note_try,
        kill, revive;
  };

  std::filesystem::path file_;
  SQLite::Database database_;
  statements sql_;
  std::int64_t seen_version_ = 0;  ///< of the data, as the overview in memory shows it (PRAGMA data_version)
  overview glance_;
};

}  // namespace edge_rollup::outbox
