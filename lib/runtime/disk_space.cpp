// statvfs(3): f_bavail leaves out what is reserved for root, f_bsize would be the wrong unit.
#include "runtime/disk_space.hpp"

#include <sys/statvfs.h>

namespace edge_rollup::runtime {

std::optional<disk_space> disk_space_at(const std::filesystem::path& where) noexcept {
  struct statvfs said {};
  if (::statvfs(where.c_str(), &said) != 0) return std::nullopt;
  return disk_space{std::uint64_t{said.f_bavail} * said.f_frsize, std::uint64_t{said.f_blocks} * said.f_frsize};
}

std::optional<std::uint64_t> free_disk_bytes(const std::filesystem::path& where) noexcept {
  const auto space = disk_space_at(where);
  return space ? std::optional(space->free) : std::nullopt;
}

}  // namespace edge_rollup::runtime
