// statvfs(3): f_bavail leaves out what is reserved for root, f_bsize would be the wrong unit.
#include "runtime/disk_space.hpp"

#include <sys/statvfs.h>

namespace edge_rollup::runtime {

std::optional<std::uint64_t> free_disk_bytes(const std::filesystem::path& where) noexcept {
  struct statvfs said {};
  if (::statvfs(where.c_str(), &said) != 0) return std::nullopt;
  return std::uint64_t{said.f_bavail} * said.f_frsize;
}

}  // namespace edge_rollup::runtime
