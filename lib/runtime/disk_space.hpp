// How much room a file system has left.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace edge_rollup::runtime {

/// Bytes that an unprivileged process may still write; empty where the system does not say.
[[nodiscard]] std::optional<std::uint64_t> free_disk_bytes(const std::filesystem::path& where) noexcept;

}  // namespace edge_rollup::runtime
