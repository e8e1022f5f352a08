// A file that holds room on the disk, given up when there is none left: what has been delivered can then still be
// deleted, which a log needs room for.
#pragma once

#include <cstdint>
#include <filesystem>

namespace edge_rollup::outbox {

class disk_reserve {
 public:
  static constexpr const char* file_name = "outbox.reserve";
  static constexpr std::int64_t bytes = 1024 * 1024;

  explicit disk_reserve(const std::filesystem::path& directory) : file_{directory / file_name} {}

  /// Takes the room if it is not held. False where there is none: then nothing else should be stored either.
  [[nodiscard]] bool refill() noexcept;
  /// Gives the room to whoever writes next. False where none was held.
  [[nodiscard]] bool release() noexcept;

 private:
  std::filesystem::path file_;
  bool held_ = false;
};

}  // namespace edge_rollup::outbox
