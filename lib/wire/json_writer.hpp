// Writes JSON text (RFC 8259) by appending to a string, without a document in memory.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// Operation:   calls follow the order of the text; commas are put by the writer. Every call returns the writer, so
///              that a member reads as `out.key("name").text(value)`. The output is always valid UTF-8.
/// Concurrency: one thread. Limits: none of its own; brackets are the caller's to match.
class json_writer {
 public:
  /// `out` outlives the writer.
  explicit json_writer(std::string& out) noexcept : out_(&out) {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name);

  /// A string; bytes that are not UTF-8 become U+FFFD.
  json_writer& text(std::string_view value);

  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) json_writer& integer(Integer value) {
    begin_value();
    char digits[24];
    const auto written = std::to_chars(std::begin(digits), std::end(digits), value);
    out_->append(std::begin(digits), written.ptr);
    return *this;
  }

  /// A finite number in the shortest form that reads back as the same double; "11.0" rather than "11".
  json_writer& real(double value);
  /// A number of tenths, at least 0, with one digit after the point.
  json_writer& tenths(std::int64_t value);
  json_writer& boolean(bool value);
  json_writer& null();

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void begin_value();
  void append_quoted(std::string_view value);

  std::string* out_;
  bool needs_comma_ = false;  // before the next value or key
};

}  // namespace edge_rollup::wire
