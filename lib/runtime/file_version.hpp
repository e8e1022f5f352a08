// Whether a file is still the one that was read: cheaper than reading it again.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::runtime {

/// Changes with a rename over the file, with a link that moves on and with a write into it.
struct file_version {
  std::uint64_t device = 0, inode = 0;
  std::int64_t changed_ns = 0, size = 0;

  friend bool operator==(const file_version&, const file_version&) = default;
};

[[nodiscard]] inline file_version version_of(const struct ::stat& found) noexcept {
  constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
  return {found.st_dev, found.st_ino, found.st_ctim.tv_sec * nanoseconds_per_second + found.st_ctim.tv_nsec,
          found.st_size};
}

/// Empty where there is no such file, or none that may be looked at.
[[nodiscard]] inline std::optional<file_version> version_of(const std::string& path) noexcept {
  struct ::stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return version_of(found);
}

}  // namespace edge_rollup::runtime
