// What a JSON string or number that json_scanner found means. Both take text that is valid JSON already.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// The characters of a string given raw and without its quotes. Nothing where it escapes half a surrogate pair only,
/// which no UTF-8 can say (RFC 8259 §8.2).
[[nodiscard]] std::optional<std::string> unescape(std::string_view raw);

/// The value of a number, exactly, if it is an integer: up to 2^64-1 where it is written with digits alone, up to 2^53
/// where it has a fraction or an exponent ("5.0", "1e3"), as larger ones may have passed through a double on their way.
/// "-0" is 0.
[[nodiscard]] std::optional<std::uint64_t> exact_count(std::string_view raw) noexcept;

/// The nearest double (ties to even): 0 for what is too small, an infinity for what is too large.
[[nodiscard]] double nearest_double(std::string_view raw) noexcept;

}  // namespace edge_rollup::wire
