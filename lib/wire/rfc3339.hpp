// Times as text: RFC 3339, and what Python's isoformat() writes where it knows no zone.
#pragma once

#include "model/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// Reads an RFC 3339 §5.6 date-time: 'T', 't' or a blank between date and time, 'Z', 'z' or an offset, any number of
/// fraction digits (cut to milliseconds), and second 60 at the end of a UTC day (§5.7), which is the first of the next.
/// Without a zone, as Python's isoformat() writes a naive datetime, it is UTC. Nothing for any other text, for a day
/// the calendar does not have, and for an instant outside the UTC years 0000..9999.
[[nodiscard]] std::optional<model::wall_time> parse_timestamp(std::string_view text);

/// "2026-11-22T17:05:00.000Z". An instant outside the years 0000..9999 is written as the nearest one inside.
[[nodiscard]] std::string format_timestamp(model::wall_time when);

}  // namespace edge_rollup::wire
