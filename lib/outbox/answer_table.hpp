// The table of last answers: what came back for a stored rollup, kept for whoever asks why it was not taken.
#pragma once

#include "outbox/entry.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>

namespace edge_rollup::outbox {

/// In place of what was noted before. It goes with the rollup. Throws SQLite::Exception.
void note_answer(const SQLite::Database& database, std::uint64_t sequence, const last_answer& came);

/// From the columns of a row; empty where nothing is noted, or nothing that `note_answer` would note.
[[nodiscard]] std::optional<last_answer> to_answer(const SQLite::Column& status, const SQLite::Column& words);

}  // namespace edge_rollup::outbox
