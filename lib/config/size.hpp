// Numbers of bytes as people write them in files: a whole number and a unit, "512B", "64KiB", "8MiB", "2GiB".
#pragma once

#include "model/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::config {

/// Largest size that is accepted: 1 PiB.
inline constexpr std::int64_t max_size = std::int64_t{1} << 50;

/// Reads "512B", "64KiB", "8MiB", "2GiB", "1TiB" (IEC 80000-13) into bytes. A missing unit, a sign, a fraction or more
/// than `max_size` is an error of kind usage whose text names the units.
[[nodiscard]] model::result<std::int64_t> parse_size(std::string_view text);

/// What was probably meant by a text that is no size: "256MB", "256M" and "256 mib" are "256MiB". Empty where that
/// cannot be said.
[[nodiscard]] std::optional<std::string> likely_size(std::string_view text);

/// The shortest exact form: 65536 is "64KiB", 1000 is "1000B".
[[nodiscard]] std::string size_text(std::int64_t bytes);

}  // namespace edge_rollup::config
