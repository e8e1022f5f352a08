// The stream of a store: begun with it, and begun anew where the store stands on another machine.
#pragma once

#include "model/rollup.hpp"
#include "outbox/sqlite_store.hpp"

#include <SQLiteCpp/Database.h>

#include <string>

namespace edge_rollup::outbox {

/// Begins the stream of a new store; of an older one, closes the books of the process before, where one begins, and
/// looks at what machine it is on. One transaction. Throws SQLite::Exception.
void open_stream(SQLite::Database& database, const store_parameters& parameters, process_life life);

/// A stream that began in memory takes the place of the one that the store knows, which becomes its previous one.
/// Throws SQLite::Exception.
void go_on_with(SQLite::Database& database, const memory_stream& stream);

/// The rollups from the next number on belong to the stream `id`. Throws SQLite::Exception.
void change_stream(SQLite::Database& database, const std::string& id, model::stream_reason reason);

}  // namespace edge_rollup::outbox
