// Who has claimed a state directory, found out without touching its lock: a daemon that starts right now must not find
// it taken.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace edge_rollup::outbox {

/// The process whose state_directory::claim of `directory` stands; empty where there is none, or none that this process
/// is shown (proc(5), /proc/locks).
[[nodiscard]] std::optional<long> claim_holder(const std::filesystem::path& directory);

/// The process that has locked the file `inode` as flock(2) does, by the lines of /proc/locks. Pure.
[[nodiscard]] std::optional<long> lock_holder(std::string_view locks, std::uint64_t inode);

}  // namespace edge_rollup::outbox
