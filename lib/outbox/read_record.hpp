// Rows of the table of rollups, turned into what the outbox gives out.
#pragma once

#include "outbox/entry.hpp"
#include "outbox/statement_use.hpp"

#include <optional>

namespace edge_rollup::outbox {

/// Of a row with the columns sequence, state, tries, troubled_tries, troubled_ms.
[[nodiscard]] entry to_entry(const use& row);

/// What `to_record` reads, in this order.
inline constexpr const char* record_columns = "sequence, id, stored_at, raw_bytes, checksum, body";

/// Empty where the checksum says that the row is not what was stored.
[[nodiscard]] std::optional<record> to_record(const use& row);

}  // namespace edge_rollup::outbox
