#include "outbox/disk_trouble.hpp"

#include <sqlite3.h>
#include <unistd.h>

namespace edge_rollup::outbox {

disk_trouble trouble_of(const SQLite::Exception& refused) noexcept {
  constexpr int primary = 0xff;  // the higher bits say more precisely what is in the lower ones
  switch (refused.getErrorCode() & primary) {
    case SQLITE_FULL: return disk_trouble::full;
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:  // a lock that could not be given back: it goes with the file that is closed
      return disk_trouble::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:  // a length that damage has made: bodies are far below SQLite's own limit
      return disk_trouble::damage;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return disk_trouble::locked;
    default: return disk_trouble::other;
  }
}

disk_trouble trouble_at_opening(const SQLite::Exception& refused, const std::filesystem::path& file) noexcept {
  switch (refused.getErrorCode()) {
    case SQLITE_ERROR: return disk_trouble::damage;
    case SQLITE_READONLY: return ::access(file.c_str(), W_OK) == 0 ? disk_trouble::damage : disk_trouble::other;
    default: return trouble_of(refused);
  }
}

}  // namespace edge_rollup::outbox
