// One use of a prepared statement: bind, step, and reset at the end whatever happens.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

#include <cstdint>

namespace edge_rollup::outbox {

/// A statement left open would keep its snapshot, and the log could not be emptied.
class use {
 public:
  template <class... Values>
  explicit use(SQLite::Statement& statement, const Values&... values) : statement_{statement} {
    SQLite::bind(statement_, values...);
  }
  use(const use&) = delete;
  use& operator=(const use&) = delete;
  ~use() { statement_.tryReset(); }

  bool next_row() { return statement_.executeStep(); }
  SQLite::Column column(int index) const { return statement_.getColumn(index); }
  /// Runs a statement without rows; the number of rows it changed.
  std::uint64_t run() { return static_cast<std::uint64_t>(statement_.exec()); }

 private:
  SQLite::Statement& statement_;
};

}  // namespace edge_rollup::outbox
