// How much room a file system has left.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace edge_rollup::runtime {

struct disk_space {
  std::uint64_t free = 0;   ///< bytes that an unprivileged process may still write
  std::uint64_t total = 0;  ///< bytes of the whole file system
};

/// Empty where the system does not say.
[[nodiscard]] std::optional<disk_space> disk_space_at(const std::filesystem::path& where) noexcept;

/// Bytes that an unprivileged process may still write; empty where the system does not say.
[[nodiscard]] std::optional<std::uint64_t> free_disk_bytes(const std::filesystem::path& where) noexcept;

}  // namespace edge_rollup::runtime
