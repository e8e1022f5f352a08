#include "outbox/disk_trouble.hpp"

#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace edge_rollup::outbox {
namespace {

TEST_CASE("what SQLite says tells what is to be mended") {
  const struct {
    const char* row;
    int result;
    disk_trouble trouble;
  } rows[] = {{"no room", SQLITE_FULL, disk_trouble::full},
              {"a read that fails", SQLITE_IOERR_READ, disk_trouble::io},
              {"a lock that cannot be given back", SQLITE_PROTOCOL, disk_trouble::io},
              {"a page that is none", SQLITE_CORRUPT, disk_trouble::damage},
              {"a file of something else", SQLITE_NOTADB, disk_trouble::damage},
              {"a length that damage has made", SQLITE_TOOBIG, disk_trouble::damage},
              {"another process has it", SQLITE_BUSY_SNAPSHOT, disk_trouble::locked},
              {"a mistake of ours", SQLITE_MISUSE, disk_trouble::other}};
  for (const auto& [row, result, trouble] : rows) {
    INFO(row);
    CHECK(trouble_of(SQLite::Exception("refused", result)) == trouble);
  }
}

}  // namespace
}  // namespace edge_rollup::outbox
