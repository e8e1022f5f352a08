// Durations as people write them in flags and files: a whole number and a unit, "250ms", "30s", "5m", "12h", "7d".
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::config {

/// Longest duration that is accepted: ten years.
inline constexpr model::milliseconds max_duration = std::chrono::days{3'650};

/// Reads "0s", "250ms", "30s", "5m", "12h", "7d". A missing unit, a sign, a fraction or more than `max_duration` is an
/// error of kind usage whose text names the units.
[[nodiscard]] model::result<model::milliseconds> parse_duration(std::string_view text);

/// What was probably meant by a text that is no duration, in its shortest form: "5m30s" is "330s", "5 min" is "5m".
/// Empty where that cannot be said.
[[nodiscard]] std::optional<std::string> likely_duration(std::string_view text);

/// The shortest exact form: 300 s is "5m", 1500 ms is "1500ms".
[[nodiscard]] std::string to_string(model::milliseconds duration);

}  // namespace edge_rollup::config
