// The store of the outbox, one SQLite file. Blocking: sqlite_outbox.hpp runs it on the disk thread.
#pragma once

#include "model/result.hpp"
#include "outbox/database.hpp"
#include "outbox/disk_trouble.hpp"
#include "outbox/entry.hpp"
#include "outbox/fingerprint.hpp"
#include "outbox/memory_hold.hpp"
#include "outbox/outbox_options.hpp"
#include "outbox/salvage_run.hpp"
#include "outbox/store_copy.hpp"
#include "outbox/store_file_name.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace edge_rollup::outbox {

/// What a store is made with; one that exists keeps its gateway and, on the same machine, its stream.
struct store_parameters {
  std::string gateway;        ///< the name of this box
  std::string new_stream_id;  ///< UUIDv4, used where a stream begins
  fingerprint machine = {};   ///< a store that was made on another one begins a stream
  outbox_options bounds = {};
  std::chrono::milliseconds busy_timeout =
      edge_rollup::outbox::busy_timeout;  ///< how long others may have the file to themselves
};

/// Whether the store is opened for the first time by this process, or again.
enum class process_life { begins, goes_on };

/// What a store hears of numbers that were used without storing anything.
struct accounting {
  std::uint64_t next = 1;         ///< numbers below it are accounted for
  std::uint64_t reserved_to = 0;  ///< those up to here may be used, and count as lost if nobody says otherwise
  std::span<const declared_loss> losses = {};
  std::span<const told_loss> told_losses = {};         ///< of rollups that are counted only
  std::optional<memory_stream> stream = std::nullopt;  ///< goes on in the store
};

/// Operation:   every change is one transaction, synced to disk when the call returns. The overview is kept in memory
///              and read again only where another process wrote to the file. Changes to sequences that are gone (an
///              operator dropped them) do nothing.
/// Concurrency: one thread at a time. Other processes may use the same file.
/// Limits:      bodies of at most `max_body_bytes` (body_codec.hpp). What `bounds` allow is kept: with each `store`,
///              dead letters and then the oldest are discarded until it fits, `most_discards` at most, and declared
///              lost. Where that is not enough, as after `bounds` became narrower, the next ones go on.
/// Errors:      `disk`, with the path and what SQLite said; nothing is changed then. No exception leaves.
class sqlite_store {
 public:
  static constexpr std::size_t most_discards = 1'000;  ///< in one transaction: a round never waits long for it

  /// Opens or makes the store in an existing `directory`. Numbers that an earlier process had reserved, and may have
  /// used without storing anything, are declared lost. Errors besides `disk`: `state` where the file is another
  /// program's or of a newer version, `permission`.
  [[nodiscard]] static model::result<sqlite_store> open(const std::filesystem::path& directory,
                                                        const store_parameters& parameters);
  /// The same, telling what sort of trouble it was. In a process that goes on, reserved numbers are its own, and stay.
  [[nodiscard]] static std::expected<sqlite_store, refusal> try_open(const std::filesystem::path& directory,
                                                                     const store_parameters& parameters,
                                                                     process_life life);

  /// As of the last operation.
  [[nodiscard]] const overview& at_a_glance() const noexcept { return glance_; }
  /// The next operation waits for other processes as long as the first one did, whomever it waited for in vain.
  void wait_in_full() { wait_for_others(busy_timeout_); }
  /// Of the last operation that failed.
  [[nodiscard]] disk_trouble last_trouble() const noexcept { return trouble_; }

  /// Rollups age by differences of this time alone, over restarts; neither the wall clock nor time without a daemon
  /// counts. Without a call nothing ages.
  void time_is(model::mono_time now);

  /// Counts that began before this object, or beside it.
  void carry_on_counting(const overview& before) noexcept {
    glance_.discarded = before.discarded;
    glance_.salvaged = before.salvaged;
  }
  void count_discarded(model::loss_reason reason, std::uint64_t number) {
    glance_.discarded.at(static_cast<std::size_t>(reason)) += number;
  }

  /// `made.sequence` must be the next one. In the same transaction the sequence is used up, for ever.
  [[nodiscard]] model::result<void> store(const record& made);

  /// The oldest entries that wait, in sequence order, at most `limit`.
  [[nodiscard]] model::result<std::vector<entry>> front(std::size_t limit);

  /// Empty where the sequence is gone. A damaged record is discarded and declared lost: error `bad_data`.
  [[nodiscard]] model::result<std::optional<record>> load(std::uint64_t sequence);

  /// Applies the parts of `change` in the order of its fields. A delivered rollup has told the cloud why the stream
  /// began, and of the losses recorded before it was stored: both are forgotten.
  [[nodiscard]] model::result<void> settle(const settlement& change);

  /// Losses below the number with which the store goes on were accounted for before: a commit that was reported as
  /// failed may stand.
  [[nodiscard]] model::result<void> account(const accounting& numbers);

  /// Salvages that had not ended when it was opened, in the order in which they are to be carried out.
  [[nodiscard]] const std::vector<salvage_progress>& open_salvages() const noexcept { return open_salvages_; }
  /// One step, in one transaction; its end too is noted.
  [[nodiscard]] model::result<salvage_gain> salvage(salvage_run& run);

  /// Whether the file still has its name, and nobody has put another one in its place.
  [[nodiscard]] bool is_in_place() const noexcept;
  /// The same of its log, which stays where it is when the file alone is taken away.
  [[nodiscard]] bool is_log_in_place() const noexcept;
  /// Begins to write everything to a new file (0600). The copy does not outlive this object.
  [[nodiscard]] model::result<std::unique_ptr<store_copy>> begin_copy(const std::filesystem::path& file);
  /// One step of it. Returns whether that was the last one: all is synced then.
  [[nodiscard]] model::result<bool> continue_copy(store_copy& copy);

  /// Moves what the log holds into the file, both synced, and cuts it off.
  [[nodiscard]] model::result<void> empty_log();
  /// The same after a sync that failed, or may have: afterwards nothing depends on what that left.
  [[nodiscard]] model::result<void> mend_log();

  /// What is kept from the next `store` on.
  void change_bounds(const outbox_options& bounds) noexcept {
    bounds_ = bounds;
    glance_.limit_bytes = bounds.max_bytes;
    glance_.max_age = bounds.max_age;
  }

 private:
  /// Which file it is, whatever its name.
  struct file_number {
    dev_t device = 0;
    ino_t inode = 0;

    friend bool operator==(const file_number&, const file_number&) = default;
  };

  sqlite_store(std::filesystem::path file, SQLite::Database database, const store_parameters& parameters);

  template <class Work>
  auto attempt(const char* what, Work work);
  template <class Change>
  model::result<void> commit(const char* what, Change change);
  const overview& current();
  void wait_for_others(std::chrono::milliseconds longest);
  [[nodiscard]] std::filesystem::path log_file() const { return file_.native() + "-wal"; }
  [[nodiscard]] static std::optional<file_number> number_of(const std::filesystem::path& file) noexcept;
  void note_oldest(overview& after);
  void insert(const record& made, std::string_view packed);
  void keep_within_bounds(std::uint64_t newest, overview& after);
  std::optional<std::uint64_t> too_old(SQLite::Statement& oldest, std::uint64_t newest);
  std::optional<model::lost_range> next_to_go(std::uint64_t newest);
  bool remove(std::uint64_t sequence, overview& after);
  void declare_discarded(const std::vector<model::lost_range>& gone, std::uint64_t declared_in, overview& after);
  void put_off_the_rest(const overview& now, std::uint64_t first);
  void deliver(std::uint64_t sequence, overview& after);
  void go_on_with(const memory_stream& stream, overview& after);

  /// Kept prepared: what runs with every rollup.
  struct statements {
    explicit statements(const SQLite::Database& database);
    SQLite::Statement data_version, insert, use_sequence, front, load, remove, declare_stream, note_try, kill, revive,
        oldest_dead, oldest_waiting;
  };

  std::filesystem::path file_;
  SQLite::Database database_;
  std::optional<file_number> number_;      ///< when it was opened
  std::optional<file_number> log_number_;  ///< likewise
  outbox_options bounds_;
  std::chrono::milliseconds busy_timeout_;                              ///< for a transaction of another process
  std::chrono::milliseconds wait_ = edge_rollup::outbox::busy_timeout;  ///< now
  statements sql_;
  std::vector<salvage_progress> open_salvages_;
  /// Of the data, as the overview in memory shows it (PRAGMA data_version).
  std::optional<std::int64_t> seen_version_;
  overview glance_;
  model::milliseconds elapsed_{0};  ///< the store's own time
  std::optional<model::mono_time> now_;
  disk_trouble trouble_ = disk_trouble::none;
};

}  // namespace edge_rollup::outbox
