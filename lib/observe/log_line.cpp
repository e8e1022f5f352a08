#include "observe/log_line.hpp"

#include "observe/event.hpp"
#include "observe/one_line.hpp"
#include "wire/json_writer.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

namespace edge_rollup::observe {

namespace {

struct level_look {
  std::string_view word;
  std::string_view padded;  // so that messages stand below each other
  std::string_view color;   // ANSI "select graphic rendition"
  int syslog_priority;      // RFC 5424 §6.2.1
};

constexpr std::array<level_look, 4> looks{{{"debug", "debug", "\x1b[2m", 7},
                                           {"info", "info ", "\x1b[32m", 6},
                                           {"warn", "warn ", "\x1b[33m", 4},
                                           {"error", "error", "\x1b[1;31m", 3}}};

constexpr const level_look& look_of(log_level level) noexcept {
  return looks[static_cast<std::size_t>(level)];
}

// What stands after "name=": numbers and booleans as they are, text safe for one line.
std::string value_text(const log_field& field) {
  return std::visit(
      [](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
          return one_line(value, max_field_bytes);
        } else {
          return fmt::format("{}", value);
        }
      },
      field.value);
}

// Quotes where a reader could not tell where the value ends.
std::string quoted_if_needed(const std::string& value) {
  if (!value.empty() && value.find_first_of(" \"=") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

std::string text_line_with(std::string_view level, model::wall_time now, std::string_view message,
                           const std::vector<log_field>& fields) {
  std::string line = fmt::format("{} {} {}", wire::format_timestamp(now), level, one_line(message, max_message_bytes));
  std::string_view separator = "  ";
  for (const log_field& field : fields) {
    if (field.name == event_field_name) continue;  // people have the sentence
    line += fmt::format("{}{}={}", separator, field.name, quoted_if_needed(value_text(field)));
    separator = " ";
  }
  return line;
}

void write_value(wire::json_writer& out, const std::string& value) {
  out.text(one_line(value, max_field_bytes));
}
void write_value(wire::json_writer& out, std::int64_t value) {
  out.integer(value);
}
void write_value(wire::json_writer& out, std::uint64_t value) {
  out.integer(value);
}
void write_value(wire::json_writer& out, bool value) {
  out.boolean(value);
}
void write_value(wire::json_writer& out, double value) {
  if (std::isfinite(value)) {
    out.real(value);
  } else {
    out.null();  // JSON has no such number
  }
}

std::string journal_name(std::string_view field_name) {
  std::string name = "EDGE_ROLLUP_";
  for (const char c : field_name) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

/// Empty where the value is no event's name.
std::string_view message_id_of(const std::string& event_name) {
  const auto found = std::ranges::find(events, event_name, &event_row::name);
  return found == events.end() ? std::string_view{} : found->message_id;
}

}  // namespace

std::string text_line(model::wall_time now, log_level level, std::string_view message,
                      const std::vector<log_field>& fields) {
  return text_line_with(look_of(level).padded, now, message, fields);
}

std::string colored_text_line(model::wall_time now, log_level level, std::string_view message,
                              const std::vector<log_field>& fields) {
  const level_look& look = look_of(level);
  return text_line_with(fmt::format("{}{}\x1b[0m", look.color, look.padded), now, message, fields);
}

std::string json_line(model::wall_time now, log_level level, std::string_view message,
                      const std::vector<log_field>& fields) {
  std::string line;
  wire::json_writer out(line);
  out.begin_object();
  out.key("time").text(wire::format_timestamp(now));
  out.key("level").text(look_of(level).word);
  out.key("message").text(one_line(message, max_message_bytes));
  for (const log_field& field : fields) {
    out.key(field.name);
    std::visit([&out](const auto& value) { write_value(out, value); }, field.value);
  }
  out.end_object();
  return line;
}

std::vector<std::string> journal_fields(log_level level, std::string_view message,
                                        const std::vector<log_field>& fields) {
  std::vector<std::string> entry{"MESSAGE=" + one_line(message, max_message_bytes),
                                 fmt::format("PRIORITY={}", look_of(level).syslog_priority),
                                 "SYSLOG_IDENTIFIER=edge-rollup"};
  for (const log_field& field : fields) {
    auto value = value_text(field);
    if (field.name == event_field_name) entry.push_back(fmt::format("MESSAGE_ID={}", message_id_of(value)));
    entry.push_back(journal_name(field.name) + '=' + std::move(value));
  }
  return entry;
}

}  // namespace edge_rollup::observe
