#include "outbox/disk_trouble.hpp"

#include <sqlite3.h>

namespace edge_rollup::outbox {

disk_trouble trouble_of(const SQLite::Exception& refused) noexcept {
  constexpr int primary = 0xff;  // the higher bits say more precisely what is in the lower ones
  switch (refused.getErrorCode() & primary) {
    case SQLITE_FULL: return disk_trouble::full;
    case SQLITE_IOERR: return disk_trouble::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_MISMATCH: return disk_trouble::damage;
    default: return disk_trouble::other;
  }
}

}  // namespace edge_rollup::outbox
