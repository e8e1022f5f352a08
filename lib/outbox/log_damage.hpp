// Damage in the write-ahead log of the store. SQLite takes a page whose checksum is wrong for the end of the log, and
// forgets all commits behind it without a word.
#pragma once

#include <cstdint>
#include <filesystem>

namespace edge_rollup::outbox {

/// How many commits of the log (sqlite.org/fileformat.html §4) cannot be read any more, at most: those that stand
/// behind damage, and those that may have stood where it is. 0 where the log is whole, missing, or ends in a torn
/// commit as after a power cut: where only one commit stands behind damage, nobody can tell it from that.
/// Belongs before SQLite opens the store, which may write over them.
[[nodiscard]] std::uint64_t unreadable_commits(const std::filesystem::path& log);

}  // namespace edge_rollup::outbox
