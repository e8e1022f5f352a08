// A file that holds room on the disk, given up when there is none left: what has been delivered can then still be
// deleted, which a log needs room for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>

namespace edge_rollup::outbox {

/// Operation:   what is held is looked up each time, as a daemon and an operator's command share one reserve. The room
///              is given up by emptying the file: it stays its owner's, also where root is the one who does it.
/// Concurrency: any process and thread.
class disk_reserve {
 public:
  static constexpr const char* file_name = "outbox.reserve";
  static constexpr std::int64_t bytes = 1024 * 1024;

  explicit disk_reserve(const std::filesystem::path& directory) : file_{directory / file_name} {}

  /// Takes the room if it is not held. False where there is none: then nothing else should be stored either.
  [[nodiscard]] bool refill() const noexcept;
  /// Gives the room to whoever writes next. False where none was held.
  [[nodiscard]] bool release() const noexcept;

 private:
  std::filesystem::path file_;
};

/// What a guest takes from the reserve of the directory; with this object it goes back, if there is room again.
class borrowed_reserve {
 public:
  explicit borrowed_reserve(const std::filesystem::path& directory) : reserve_{directory} {}
  borrowed_reserve(borrowed_reserve&& other) noexcept
      : reserve_{other.reserve_}, is_borrowed_{std::exchange(other.is_borrowed_, false)} {}
  borrowed_reserve& operator=(borrowed_reserve&&) = delete;
  ~borrowed_reserve();

  /// False where there is nothing to be had.
  [[nodiscard]] bool borrow() noexcept;

 private:
  disk_reserve reserve_;
  bool is_borrowed_ = false;
};

}  // namespace edge_rollup::outbox
