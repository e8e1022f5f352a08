// The disk of a simulated world: the outbox's own files, on a file system that fills up, breaks, decays and forgets at
// a power cut what was not synced.
#pragma once

#include "model/time.hpp"
#include "outbox/stored_entry.hpp"
#include "runtime/disk_space.hpp"
#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <vector>

namespace edge_rollup::sim {

enum class disk_mood {
  healthy,
  tight,       ///< less than `outbox.min_free_disk` is left
  full,        ///< and no file grows any more
  over_quota,  ///< no file grows any more, though there is room
  read_only,   ///< as a file system becomes after errors
  broken       ///< no write and no sync succeeds
};

inline constexpr std::array disk_troubles = {disk_mood::tight, disk_mood::full, disk_mood::over_quota,
                                             disk_mood::read_only, disk_mood::broken};

/// Operation:   SQLite's default file system as long as it lives. What other calls change (renames, the reserve) is
///              kept whatever happens.
/// Concurrency: one disk at a time in a process.
class fake_disk {
 public:
  explicit fake_disk(std::uint64_t seed);

  [[nodiscard]] const std::filesystem::path& directory() const noexcept { return room_.path(); }
  [[nodiscard]] runtime::disk_space space() const;
  /// What lies in the outbox, dead letters included, in sequence order.
  [[nodiscard]] std::vector<outbox::stored_entry> entries() const;

  void become(disk_mood mood);
  /// After `others` more, `count` syncs fail.
  void fail_syncs(std::size_t others, std::size_t count) { files_.fail_sync_after(others, count); }
  /// Up to 1 KiB of noise somewhere in the database, but not over the page of the store's own description.
  void decay();

  /// Nothing of what the process still does reaches the disk; after so many more writes, at once with 0.
  void cut_off(std::size_t after);
  [[nodiscard]] bool is_cut_off() const noexcept { return cutting_ && files_.refuses_changes(); }
  /// What was cut off may write again, as the mood is; or a power cut that was to come does not.
  void let_write();
  /// The same, and what was not synced is lost, kept or torn.
  void lose_power();

  /// To be called after whatever may have changed the files.
  void note_changes();

 private:
  [[nodiscard]] std::filesystem::path database() const;
  [[nodiscard]] tests::disk_image image() const;
  void apply_mood();

  tests::temporary_directory room_;
  tests::recording_disk files_;
  std::mt19937_64 chance_;
  tests::platter platter_;
  std::uint64_t database_inode_ = 0;  ///< a changeover puts another file in the place
  disk_mood mood_ = disk_mood::healthy;
  bool cutting_ = false;
};

}  // namespace edge_rollup::sim
