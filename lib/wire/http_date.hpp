// Dates as HTTP headers carry them: written in the one preferred form, read in all three (RFC 9110 §5.6.7).
#pragma once

#include "model/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// IMF-fixdate, e.g. "Sun, 06 Nov 1994 08:49:37 GMT"; milliseconds are cut off. Years 0000 to 9999.
[[nodiscard]] std::string format_http_date(model::wall_time when);

/// Reads IMF-fixdate and the obsolete RFC 850 and asctime forms; empty where it is none of them or no such day exists.
/// The day's name must be a name, but need not fit the date. `now` settles the century of a two-digit year: one more
/// than 50 years ahead means the past (RFC 9110 §5.6.7).
[[nodiscard]] std::optional<model::wall_time> parse_http_date(std::string_view text, model::wall_time now);

}  // namespace edge_rollup::wire
