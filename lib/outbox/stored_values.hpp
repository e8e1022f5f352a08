// Between the columns of outbox.db and the types of the house.
#pragma once

#include "model/time.hpp"
#include "outbox/schema.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace edge_rollup::outbox {

/// SQLite's integers are signed; sequences and counts of the house are far below 2^63.
[[nodiscard]] inline std::uint64_t to_count(const SQLite::Column& column) {
  return static_cast<std::uint64_t>(column.getInt64());
}
[[nodiscard]] inline std::int64_t to_integer(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

[[nodiscard]] inline model::wall_time to_wall_time(const SQLite::Column& column) {
  return model::wall_time{model::milliseconds{column.getInt64()}};
}

/// Enums are stored as words, so that people can read the file with sqlite3.
template <class Enum, std::size_t Count>
[[nodiscard]] Enum to_enum(const std::array<std::string_view, Count>& words, const SQLite::Column& column) {
  const std::string word = column.getString();
  const auto found = std::ranges::find(words, word);
  if (found == words.end())
    throw SQLite::Exception(fmt::format("unknown word '{}' in column {}", word, column.getName()), SQLITE_CORRUPT);
  return static_cast<Enum>(found - words.begin());
}

template <class Enum, std::size_t Count>
[[nodiscard]] std::string to_word(const std::array<std::string_view, Count>& words, Enum value) {
  return std::string{words.at(static_cast<std::size_t>(value))};
}

}  // namespace edge_rollup::outbox
