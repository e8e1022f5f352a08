#include "wire/json_writer.hpp"

#include "model/invariant.hpp"
#include "wire/plain_text.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <utility>

namespace edge_rollup::wire {
namespace {

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

json_writer& json_writer::key(std::string_view name) {
  begin_value();
  append_quoted(name);
  *out_ += ':';
  needs_comma_ = false;
  return *this;
}

json_writer& json_writer::text(std::string_view value) {
  begin_value();
  append_quoted(value);
  return *this;
}

json_writer& json_writer::real(double value) {
  EDGE_ROLLUP_INVARIANT(std::isfinite(value));
  begin_value();
  char digits[32];
  const auto written = std::to_chars(std::begin(digits), std::end(digits), value);
  const std::string_view shortest{std::begin(digits), written.ptr};
  *out_ += shortest;
  if (shortest.find_first_of(".e") == std::string_view::npos) *out_ += ".0";
  return *this;
}

json_writer& json_writer::tenths(std::int64_t value) {
  EDGE_ROLLUP_INVARIANT(value >= 0);
  integer(value / 10);
  const char fraction[] = {'.', static_cast<char>('0' + value % 10)};
  out_->append(fraction, sizeof fraction);
  return *this;
}

json_writer& json_writer::boolean(bool value) {
  begin_value();
  *out_ += value ? "true" : "false";
  return *this;
}

json_writer& json_writer::null() {
  begin_value();
  *out_ += "null";
  return *this;
}

json_writer& json_writer::open(char bracket) {
  begin_value();
  *out_ += bracket;
  needs_comma_ = false;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  *out_ += bracket;
  needs_comma_ = true;
  return *this;
}

void json_writer::begin_value() {
  if (std::exchange(needs_comma_, true)) *out_ += ',';
}

void json_writer::append_quoted(std::string_view value) {
  *out_ += '"';
  while (!value.empty()) {
    const std::size_t plain = plain_prefix(value);
    *out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;

    const std::size_t length = utf8_length(value);
    if (length == 1) {
      append_escaped(*out_, value.front());
    } else {
      *out_ += length == 0 ? replacement_character : value.substr(0, length);
    }
    value.remove_prefix(length == 0 ? 1 : length);
  }
  *out_ += '"';
}

}  // namespace edge_rollup::wire
