#include "outbox/store_copy.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace edge_rollup::outbox {

store_copy::store_copy(const std::filesystem::path& file, SQLite::Database& store)
    : target_(file.native(), SQLite::OPEN_READWRITE), backup_(target_, store) {}

bool store_copy::step() {
  const int result = backup_.executeStep(step_pages);
  if (result != SQLITE_OK && result != SQLITE_DONE) throw SQLite::Exception("the copy is locked", result);
  return result == SQLITE_DONE;
}

}  // namespace edge_rollup::outbox
