// Times and values that may not exist, as they stand in every JSON answer.
#pragma once

#include "model/time.hpp"
#include "wire/json_writer.hpp"
#include "wire/rfc3339.hpp"

#include <chrono>
#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::serve {

inline void write(wire::json_writer& out, const std::optional<model::wall_time>& time) {
  time ? out.text(wire::format_timestamp(*time)) : out.null();
}

template <class Text>
requires std::convertible_to<const Text&, std::string_view>
void write(wire::json_writer& out, const std::optional<Text>& text) {
  text ? out.text(*text) : out.null();
}

template <std::integral Integer>
void write(wire::json_writer& out, const std::optional<Integer>& number) {
  number ? out.integer(*number) : out.null();
}

inline void write(wire::json_writer& out, const std::optional<double>& number) {
  number ? out.real(*number) : out.null();
}

/// To a microsecond, which is what a reader of milliseconds can use.
[[nodiscard]] inline double in_ms(model::nanoseconds span) {
  return std::round(std::chrono::duration<double, std::micro>(span).count()) / 1e3;
}

}  // namespace edge_rollup::serve
