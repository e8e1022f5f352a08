// Reading a damaged store: damage ends a query, all other trouble is passed on.
#pragma once

#include "outbox/disk_trouble.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace edge_rollup::outbox {

/// Trouble that may pass must not be taken for records that are gone.
[[nodiscard]] inline bool is_damage(const SQLite::Exception& refused) {
  switch (trouble_of(refused)) {
    case disk_trouble::full:
    case disk_trouble::locked: return false;
    case disk_trouble::io: return refused.getExtendedErrorCode() == SQLITE_IOERR_READ;
    // Tables and columns that are not there, lengths that cannot be.
    case disk_trouble::other: return refused.getErrorCode() == SQLITE_ERROR || refused.getErrorCode() == SQLITE_TOOBIG;
    default: return true;
  }
}

/// What was read until the damage stands. Returns whether it was read to the end; what is missing is found by comparing
/// numbers.
template <class Read>
bool as_far_as_readable(Read read) {
  try {
    read();
    return true;
  } catch (const SQLite::Exception& refused) {
    if (!is_damage(refused)) throw;
    return false;
  }
}

}  // namespace edge_rollup::outbox
