// What went wrong between the store and the disk, as far as it decides what to do about it.
#pragma once

#include "model/result.hpp"

#include <SQLiteCpp/Exception.h>

#include <expected>
#include <filesystem>

namespace edge_rollup::outbox {

enum class disk_trouble {
  none,    ///< not the disk's doing: another program's file, a damaged record, a bug
  full,    ///< no room
  io,      ///< the system failed to read, write or sync: what was not committed may or may not be there
  damage,  ///< the file is not what was written
  locked,  ///< another process has the file to itself: nothing was changed
  other,   ///< no rights, ...
};

/// An error of the store and what sort of trouble it is.
struct refusal {
  model::error error;
  disk_trouble trouble = disk_trouble::other;
};

/// Reads SQLite's result code (sqlite.org/rescode.html).
[[nodiscard]] disk_trouble trouble_of(const SQLite::Exception& refused) noexcept;

/// The same of a failure to open `file`. The statements that run then are known to be right: where tables or columns
/// are missing, or the header says read-only of a file that is not, it is damaged.
[[nodiscard]] disk_trouble trouble_at_opening(const SQLite::Exception& refused,
                                              const std::filesystem::path& file) noexcept;

}  // namespace edge_rollup::outbox
