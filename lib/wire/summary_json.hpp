// Reads what a node answered: the body of GET /data/summary.
#pragma once

#include "model/failure.hpp"
#include "model/summary.hpp"

#include <cstddef>
#include <expected>
#include <string_view>

namespace edge_rollup::wire {

inline constexpr std::size_t max_last_updated_bytes = 64;  ///< longer ones are taken as absent

/// Reads a summary in one pass, allocating only for `last_updated`.
/// failure_kind::bad_json where the body is not exactly one JSON object (RFC 8259; UTF-8 without a byte order mark, at
/// most max_json_depth levels); bad_summary, naming field and rule, where record_count, quality_score or last_updated
/// is repeated at the top level, or one of the first two is missing, of the wrong type or out of range. bad_json goes
/// first. A last_updated that is no string, too long, or half a surrogate pair is absent. Other fields only have to be
/// JSON.
[[nodiscard]] std::expected<model::summary, model::failure> parse_summary(std::string_view body);

}  // namespace edge_rollup::wire
