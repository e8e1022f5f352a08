// The store as an operator's command sees it: beside a running daemon, which has the lock of the directory, or without
// one.
#pragma once

#include "model/result.hpp"
#include "outbox/disk_reserve.hpp"
#include "outbox/entry.hpp"
#include "outbox/entry_selection.hpp"
#include "outbox/stored_entry.hpp"

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::outbox {

/// How far a change of many rollups has come.
using progress_report = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// A change of more rollups than this is made in so many transactions, and the daemon gets a turn between two of them:
/// SQLite gives the lock to whoever asks at the right moment, and a waiting process asks every 100 ms.
inline constexpr std::size_t rollups_in_a_transaction = 500;
inline constexpr std::chrono::milliseconds turn_of_the_daemon{120};

/// Operation:   nothing is made or brought up to date: where no daemon has ever run there is nothing to visit. Changes
///              are synced to disk when a call returns. A daemon beside finds them with its next look at the file.
///              On a full disk the reserve makes room for a visit; where it is gone, the store can still be looked at
///              as long as no daemon has it open.
/// Concurrency: one thread. Other processes may use the same file.
/// Errors:      `disk`, with the path and what SQLite said. No exception leaves.
class visited_store {
 public:
  /// Errors besides `disk`: `no_input` where there is no store; `state` where the file is another program's, or of
  /// another version; `permission`.
  [[nodiscard]] static model::result<visited_store> open(const std::filesystem::path& directory);

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

  [[nodiscard]] model::result<overview> look();

  /// All of them, dead letters too, in sequence order.
  [[nodiscard]] model::result<std::vector<stored_entry>> list();

  /// Empty where there is none of this sequence.
  [[nodiscard]] model::result<std::optional<stored_entry>> find(std::uint64_t sequence);

  /// Empty where the sequence is gone; error `bad_data` where the record is damaged.
  [[nodiscard]] model::result<std::optional<record>> load(std::uint64_t sequence);

  /// Dead letters of the selection wait again, at their old place in the order and as if nothing had been held against
  /// them; how often they were tried stands. Returns how many.
  [[nodiscard]] model::result<std::uint64_t> requeue(const entry_selection& which, const progress_report& report);

  /// Discards the selection, whatever its state, and declares the loss in the same transaction. Returns how many.
  [[nodiscard]] model::result<std::uint64_t> drop(const entry_selection& which, const progress_report& report);

  /// The rollups made from now on belong to the stream `id`, a UUIDv4, by an operator's wish. What waits keeps its own.
  [[nodiscard]] model::result<void> begin_stream(const std::string& id);

 private:
  visited_store(std::filesystem::path file, borrowed_reserve reserve, SQLite::Database database)
      : file_{std::move(file)}, reserve_{std::move(reserve)}, database_{std::move(database)} {}

  std::filesystem::path file_;
  borrowed_reserve reserve_;  ///< goes back when the database is closed
  SQLite::Database database_;
};

}  // namespace edge_rollup::outbox
