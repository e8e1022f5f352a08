// The description of the store (table meta) stands in the file three times: damage to one of them shows, and the others
// say what was there.
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::outbox {

/// What the store knows of itself, as far as it outlives the file.
struct known_meta {
  std::string stream;
  std::string gateway;
  std::uint64_t next = 1;
  std::uint64_t lost_total = 0;
  std::int64_t elapsed_ms = 0;
  std::uint64_t reserved_to = 0;

  friend bool operator==(const known_meta&, const known_meta&) = default;
};

/// A next number beyond it is damage; no store comes near it.
inline constexpr std::uint64_t most_numbers = 1ULL << 52;

/// Copies `meta` where it has no twins yet. From then on a trigger keeps them up to date (schema.hpp).
void make_twins(const SQLite::Database& database);

/// Throws SQLite::Exception (SQLITE_CORRUPT) where `meta` is not what its twins say.
void compare_with_twins(const SQLite::Database& database);

/// Of a damaged store: what two of the three say, else what `meta` says. Empty where that cannot be read.
/// Throws SQLite::Exception for trouble that is no damage.
[[nodiscard]] std::optional<known_meta> read_damaged_meta(const SQLite::Database& damaged);

}  // namespace edge_rollup::outbox
