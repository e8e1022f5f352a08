#include "outbox/read_record.hpp"

#include "outbox/body_codec.hpp"
#include "outbox/schema.hpp"
#include "outbox/stored_values.hpp"

#include <string_view>
#include <utility>

namespace edge_rollup::outbox {

entry to_entry(const use& row) {
  return {.sequence = to_count(row.column(0)),
          .state = to_enum<entry_state>(state_words, row.column(1)),
          .tries = row.column(2).getUInt(),
          .troubled_tries = row.column(3).getUInt(),
          .troubled = model::milliseconds{row.column(4).getInt64()}};
}

std::optional<record> to_record(const use& row) {
  record found;
  found.sequence = to_count(row.column(0));
  found.id = row.column(1).getString();
  found.stored_at = to_wall_time(row.column(2));
  const auto raw_bytes = static_cast<std::size_t>(to_count(row.column(3)));
  const auto body = row.column(5);
  const std::string_view packed{static_cast<const char*>(body.getBlob()), static_cast<std::size_t>(body.getBytes())};
  const auto sum = checksum({found.sequence, found.id, found.stored_at, raw_bytes, packed});
  auto raw = row.column(4).getInt64() == sum ? gunzip(packed, raw_bytes) : std::nullopt;
  if (!raw) return std::nullopt;
  found.body = std::move(*raw);
  found.packed = packed;
  return found;
}

}  // namespace edge_rollup::outbox
