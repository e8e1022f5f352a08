// A disk that forgets what was not synced. As long as a recording_disk lives, SQLite writes through it; afterwards a
// power cut can be played at any moment of what it recorded.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

/// What reached the operating system, in order. Files are known by their names without directories.
struct disk_event {
  enum class kind { write, resize, sync, failed_sync, remove };
  kind what = kind::write;
  std::string file;
  std::size_t offset = 0;  ///< of a write; of a resize the new size
  std::string bytes;       ///< of a write
};

/// What a connection asks of the disk: what it says itself, or only synchronous=NORMAL, whatever it says.
enum class durability { as_asked, normal };

/// Operation:   is SQLite's default file system (VFS) from its construction to its destruction, on top of the real one.
/// Concurrency: one thread at a time writes; one disk at a time in a process.
class recording_disk {
 public:
  explicit recording_disk(durability asked = durability::as_asked);
  recording_disk(const recording_disk&) = delete;
  recording_disk& operator=(const recording_disk&) = delete;
  ~recording_disk();

  [[nodiscard]] const std::vector<disk_event>& events() const noexcept { return events_; }
  /// What was recorded since the last call; `events` begins anew.
  [[nodiscard]] std::vector<disk_event> take_events() { return std::exchange(events_, {}); }
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }
  /// After `others` more, `count` syncs fail: what was to be synced may be lost, and later syncs do not bring it back.
  void fail_sync_after(std::size_t others, std::size_t count = 1) {
    syncs_before_failure_ = others;
    failing_syncs_ = count;
  }
  void let_syncs_succeed() { syncs_before_failure_.reset(); }
  /// As long as there is something in this file or directory, there is no room for the index of a log.
  void fill_with(std::filesystem::path file) { filled_by_ = std::move(file); }
  /// After so many more events whatever would change a file ends with this result of SQLite's, and changes nothing.
  void refuse_changes(int result, std::size_t after = 0) {
    refusal_ = result;
    events_before_refusal_ = after;
  }
  void allow_changes() { refusal_.reset(); }
  [[nodiscard]] bool refuses_changes() const noexcept { return refusal_ && events_before_refusal_ == 0; }
  /// The process ends, with the exit status `death`, when so many more events have been recorded.
  void die_after(std::size_t events) { events_before_death_ = events; }
  static constexpr int death = 77;
  /// How long every sync takes.
  void take_for_a_sync(std::chrono::milliseconds time) { sync_time_ = time; }
  /// Where it is not, a write fails with "disk full" that would make a file larger than it ever was.
  void allow_growth(bool allowed) { may_grow_ = allowed; }

 private:
  friend struct recorded_file;
  friend struct recording_vfs;
  void note(disk_event event);
  [[nodiscard]] bool next_sync_fails();
  [[nodiscard]] bool has_room_for(const std::string& file, std::int64_t end);

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  durability asked_;
  std::vector<disk_event> events_;
  std::uint64_t bytes_read_ = 0;
  std::optional<std::size_t> syncs_before_failure_;
  std::size_t failing_syncs_ = 0;
  std::filesystem::path filled_by_;
  std::optional<std::size_t> events_before_death_;
  std::chrono::milliseconds sync_time_{0};
  std::optional<int> refusal_;
  std::size_t events_before_refusal_ = 0;
  bool may_grow_ = true;
  std::map<std::string, std::int64_t> largest_;  ///< file sizes
};

/// The files as they are on the disk itself, by name.
using disk_image = std::map<std::string, std::string>;

/// What becomes of writes that were not synced when the power goes.
enum class unsynced { all_lost, all_kept, some_torn };

/// The magnetic half: takes in events one after the other and tells what a power cut would leave.
class platter {
 public:
  explicit platter(std::uint32_t seed) : chance_{seed} {}

  /// Exactly this is there, and safe.
  void becomes(disk_image files);
  void take(const disk_event& event);
  [[nodiscard]] disk_image after_power_cut(unsynced fate);

 private:
  void lose_some(disk_image& image, const std::vector<disk_event>& events);

  disk_image durable_;
  std::vector<disk_event> in_flight_;
  std::mt19937 chance_;
};

}  // namespace edge_rollup::tests
