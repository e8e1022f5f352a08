// The tables of outbox.db and the words in them. A schema version is a migration of the one before and never changes
// once it was released.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace edge_rollup::outbox {

/// "EdRo" in the database header (sqlite.org/fileformat.html §1.3.17): tells our file from any other SQLite database.
inline constexpr std::int32_t application_id = 0x4564'526f;

/// `migrations[v]` leads from version v (PRAGMA user_version; 0 is an empty file) to v + 1.
inline constexpr std::array migrations = {
    // Version 1. `rollup.body` stands last, so that its pages are read only where the body is wanted.
    R"sql(
      CREATE TABLE meta (
        row             INTEGER PRIMARY KEY CHECK (row = 1),
        stream          TEXT    NOT NULL,
        stream_reason   TEXT    CHECK (stream_reason IN ('new', 'salvaged', 'moved', 'operator')),  -- NULL: declared
        previous_stream TEXT,
        gateway         TEXT    NOT NULL,
        next_sequence   INTEGER NOT NULL CHECK (next_sequence > 0),
        lost_total      INTEGER NOT NULL CHECK (lost_total >= 0)
      ) STRICT;
      CREATE TABLE rollup (
        sequence       INTEGER PRIMARY KEY CHECK (sequence > 0),
        id             TEXT    NOT NULL,
        stored_at      INTEGER NOT NULL,  -- milliseconds since 1970 UTC
        state          TEXT    NOT NULL CHECK (state IN ('pending', 'aside', 'dead')),
        tries          INTEGER NOT NULL,
        troubled_tries INTEGER NOT NULL,
        troubled_ms    INTEGER NOT NULL,
        raw_bytes      INTEGER NOT NULL,  -- of the body before compression
        checksum       INTEGER NOT NULL,
        body           BLOB    NOT NULL   -- one gzip member
      ) STRICT;
      CREATE INDEX rollup_waiting ON rollup (sequence) WHERE state <> 'dead';
      CREATE TABLE lost (
        from_sequence INTEGER PRIMARY KEY CHECK (from_sequence > 0),
        to_sequence   INTEGER NOT NULL CHECK (to_sequence >= from_sequence),
        reason        TEXT    NOT NULL CHECK (reason IN ('max_bytes', 'max_age', 'disk', 'damage', 'operator')),
        declared_in   INTEGER NOT NULL  -- the first sequence whose body tells of it
      ) STRICT;
    )sql",
    // Version 2. `elapsed_ms` is the store's own time: it grows while a daemon runs and knows no wall clock.
    R"sql(
      ALTER TABLE meta ADD COLUMN reserved_to INTEGER NOT NULL DEFAULT 0;  -- up to here, numbers may be used unstored
      ALTER TABLE meta ADD COLUMN stream_from INTEGER NOT NULL DEFAULT 1;  -- its first number
      ALTER TABLE meta ADD COLUMN elapsed_ms  INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE meta ADD COLUMN machine     TEXT    NOT NULL DEFAULT '';  -- fingerprint; empty: not known yet
      ALTER TABLE rollup ADD COLUMN kept_at_ms INTEGER NOT NULL DEFAULT 0;  -- elapsed_ms when it was stored
      CREATE INDEX rollup_dead ON rollup (sequence) WHERE state = 'dead';
    )sql",
};

/// Made where they are missing, at every version of the schema: a program that does not know them can do without, and
/// the triggers keep them up to date under its hands too. The twins are read where `meta` is damaged, and stand on
/// another page; two of them, so that the majority says which value is the wrong one. What an offer came to stands
/// apart from the rollup, whose pages would all be written again with it.
inline constexpr const char* additions = R"sql(
      CREATE TABLE IF NOT EXISTS meta_twin (
        copy          INTEGER PRIMARY KEY,
        stream        TEXT    NOT NULL,
        gateway       TEXT    NOT NULL,
        next_sequence INTEGER NOT NULL,
        lost_total    INTEGER NOT NULL,
        elapsed_ms    INTEGER NOT NULL,
        reserved_to   INTEGER NOT NULL
      ) STRICT;
      CREATE TRIGGER IF NOT EXISTS meta_changed AFTER UPDATE ON meta BEGIN
        UPDATE meta_twin SET stream = new.stream, gateway = new.gateway, next_sequence = new.next_sequence,
          lost_total = new.lost_total, elapsed_ms = new.elapsed_ms, reserved_to = new.reserved_to;
      END;
      CREATE TABLE IF NOT EXISTS salvage (
        source      TEXT    PRIMARY KEY,  -- a damaged store set aside, which is still being read
        position    INTEGER NOT NULL,     -- up to here, what could be read is saved
        end_at      INTEGER NOT NULL,     -- from here on, numbers are not from there
        saved       INTEGER NOT NULL,
        lost        INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS last_answer (
        sequence    INTEGER PRIMARY KEY,
        status      INTEGER,              -- NULL: nothing came that has one
        words       TEXT    NOT NULL
      ) STRICT;
      CREATE TRIGGER IF NOT EXISTS rollup_gone AFTER DELETE ON rollup BEGIN
        DELETE FROM last_answer WHERE sequence = old.sequence;
      END;
    )sql";

inline constexpr auto schema_version = static_cast<std::int32_t>(migrations.size());

/// The words above, in the order of entry_state, model::stream_reason and model::loss_reason.
inline constexpr std::array<std::string_view, 3> state_words = {"pending", "aside", "dead"};
inline constexpr std::array<std::string_view, 4> stream_reason_words = {"new", "salvaged", "moved", "operator"};
inline constexpr std::array<std::string_view, 5> loss_reason_words = {"max_bytes", "max_age", "disk", "damage",
                                                                      "operator"};

}  // namespace edge_rollup::outbox
