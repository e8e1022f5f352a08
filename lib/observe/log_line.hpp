// One message in the shape of each log format. Text of the message and the fields is made safe by one_line first.
#pragma once

#include "model/time.hpp"
#include "observe/log.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::observe {

inline constexpr std::size_t max_message_bytes = 2 * 1024;
inline constexpr std::size_t max_field_bytes = 1024;

/// 2026-11-22T17:05:00.123Z info  message  name=value other="with spaces"
[[nodiscard]] std::string text_line(model::wall_time now, log_level level, std::string_view message,
                                    const std::vector<log_field>& fields);

/// The same with the level in its colour, for a terminal.
[[nodiscard]] std::string colored_text_line(model::wall_time now, log_level level, std::string_view message,
                                            const std::vector<log_field>& fields);

/// {"time":"2026-11-22T17:05:00.123Z","level":"info","message":"message","name":"value"}
[[nodiscard]] std::string json_line(model::wall_time now, log_level level, std::string_view message,
                                    const std::vector<log_field>& fields);

/// "NAME=value" for each field of a journal entry (systemd.journal-fields(7)).
[[nodiscard]] std::vector<std::string> journal_fields(log_level level, std::string_view message,
                                                      const std::vector<log_field>& fields);

}  // namespace edge_rollup::observe
