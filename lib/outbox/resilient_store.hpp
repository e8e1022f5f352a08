// The store in a world of full, failing and lying disks: whatever they do, rollups go in and come out. Blocking.
#pragma once

#include "model/result.hpp"
#include "observe/log.hpp"
#include "outbox/background_salvage.hpp"
#include "outbox/disk_reserve.hpp"
#include "outbox/entry.hpp"
#include "outbox/memory_hold.hpp"
#include "outbox/room_rule.hpp"
#include "outbox/salvage.hpp"
#include "outbox/sqlite_store.hpp"
#include "runtime/clock.hpp"
#include "runtime/disk_space.hpp"
#include "runtime/entropy.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {

/// What a store reaches the world through; outlives it.
struct store_surroundings {
  const runtime::clock& time;
  runtime::entropy& chance;
  observe::log& messages;
  /// How full the disk is; tests put their own in its place.
  std::function<std::optional<runtime::disk_space>(const std::filesystem::path&)> space = runtime::disk_space_at;
};

/// Operation:   carries operations out on the SQLite store and answers to trouble. After an I/O error the store is
///              opened anew, and what its log holds is synced once more. A damaged file is set aside for a new one, and
///              what is readable of it follows step by step; nothing newer is offered before. With no room for a rollup
///              the newest one is held in memory, under a number of a block that was reserved on disk, until there is
///              room; those before it are declared lost. Where the disk does not take even that, a stream that lives in
///              memory begins, and goes on in the store once the disk takes something again. A file that was removed or
///              replaced is written anew, step by step, from what is still open.
/// Concurrency: one thread at a time, any thread.
/// Limits:      `reserved_numbers` at a time; each operation is tried twice at most. A disk that takes nothing is left
///              alone for `disk_rest`, a store that another process has to itself for `lock_rest`.
/// Errors:      those of sqlite_store.
class resilient_store {
 public:
  static constexpr std::uint64_t reserved_numbers = 64;
  static constexpr model::seconds disk_rest{30};
  static constexpr model::seconds lock_rest{1};

  /// A disk in trouble is no error: it begins in memory then. Errors: `state`, `permission`.
  /// `parameters.new_stream_id` is only used where the store is made here.
  [[nodiscard]] static model::result<resilient_store> open(const std::filesystem::path& directory,
                                                           const store_parameters& parameters,
                                                           const store_surroundings& around);
  resilient_store(resilient_store&&) = default;
  /// What is held in memory is stored if that can be done by now, else declared lost. A store whose file was taken away
  /// is written anew, however long that takes: it would be gone.
  ~resilient_store();

  [[nodiscard]] overview at_a_glance() const;
  /// Success means stored, or held in memory for delivery (`overview::in_memory_only`). With an error of the disk, a
  /// new stream may have begun in memory (`overview::stream`): made anew for that one, the rollup can be held.
  [[nodiscard]] model::result<void> store(const record& made);
  [[nodiscard]] model::result<std::vector<entry>> front(std::size_t limit);
  [[nodiscard]] model::result<std::optional<record>> load(std::uint64_t sequence);
  [[nodiscard]] model::result<void> settle(const settlement& change);
  /// How much is kept, and how much of the disk is left alone, from the next `store` on.
  void change_bounds(const outbox_options& bounds);

  /// Carries on with what is to be salvaged, for a fraction of a second. Returns whether there is more to do at once.
  bool continue_salvage();
  /// The same for a store that is written anew.
  bool continue_copy();

 private:
  enum class on_full { give_up, use_reserve };

  resilient_store(std::filesystem::path directory, store_parameters parameters, const store_surroundings& around);

  template <class Operation>
  auto carry_out(on_full then, Operation operation) -> decltype(operation(std::declval<sqlite_store&>()));
  bool make_room(on_full then);
  model::result<void> open_again();
  void close_for(disk_trouble trouble, std::string_view why);
  void end_holding();
  void put_back_in_place();
  [[nodiscard]] model::result<void> begin_copy();
  [[nodiscard]] model::result<void> change_to_copy(const std::filesystem::path& aside);
  void note_nameless(const model::error& why);
  void note_written_anew(const std::filesystem::path& aside);
  model::result<void> end_changeover_begun();
  model::result<void> set_damaged_aside();
  [[nodiscard]] std::expected<set_aside, refusal> try_to_set_aside();
  [[nodiscard]] bool has_room();
  model::result<void> hold(const record& made, std::string_view why);
  [[nodiscard]] model::result<void> account(sqlite_store& disk, const memory_hold& held, std::uint64_t reserved_to);
  bool forget_newest_stored(sqlite_store& disk);
  [[nodiscard]] bool has_number(std::uint64_t sequence) const;
  void note_accounted(std::uint64_t reserved_to);
  [[nodiscard]] std::filesystem::path file_to_ask() const;
  void begin_in_memory(std::string_view why);
  void leave_disk(std::uint64_t refused, std::string_view why);
  [[nodiscard]] bool numbers_collide(const sqlite_store& disk) const;
  model::result<void> give_numbers_up();
  model::result<void> put_on_disk(const record& made);
  bool tell_disk();
  bool stop_holding();
  [[nodiscard]] std::string new_stream_id();
  void note_refusal();
  [[nodiscard]] bool disk_rests() const { return refused_ && around_.time.now() < *refused_ + rest_; }

  std::filesystem::path directory_;
  store_parameters parameters_;
  store_surroundings around_;
  disk_reserve reserve_;
  room_rule room_;
  std::optional<std::uint64_t> disk_room_;  ///< when it was last looked at
  std::unique_ptr<sqlite_store> disk_;
  std::unique_ptr<store_copy> copy_;            ///< of it, while it is written anew
  process_life life_ = process_life::begins;    ///< as long as the store was never open
  overview last_glance_;                        ///< of the disk, while it cannot be opened
  disk_trouble unmended_ = disk_trouble::none;  ///< what the store was closed for
  background_salvage salvage_;
  std::optional<model::mono_time> not_set_aside_;  ///< when that was tried in vain
  std::unique_ptr<memory_hold> held_;
  std::optional<model::mono_time> not_put_back_;  ///< when that was last tried in vain
  disk_trouble trouble_ = disk_trouble::none;     ///< of the last operation that failed
  std::optional<model::mono_time> refused_;       ///< when the disk last refused to hear of what is held
  model::seconds rest_ = disk_rest;               ///< from then on
  bool is_withheld_ = false;                      ///< the newest in memory: its number may still go to another rollup
  std::uint64_t reserved_to_ = 0;                 ///< on disk, whatever became of commits that were reported as failed
  bool disk_may_know_stream_ = false;  ///< the one that began in memory: taking it over failed, and may stand
};

}  // namespace edge_rollup::outbox
