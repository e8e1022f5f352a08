// The daemon's messages: one line each, with fields. What a peer sent is escaped, so one message stays one line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace edge_rollup::observe {

enum class log_level { debug, info, warn, error };

/// A named value beside the sentence; names are snake_case.
struct log_field {
  std::string_view name;
  std::variant<std::string, std::int64_t, std::uint64_t, double, bool> value;
};

/// Concurrency: any thread. Errors of the output are swallowed by design: a full disk or a closed pipe under the log
///              must not stop the daemon; they are counted.
class log {
 public:
  virtual ~log() = default;
  /// `message` is a sentence for a person, complete without the fields.
  virtual void write(log_level level, std::string_view message, const std::vector<log_field>& fields) = 0;

  void debug(std::string_view message, const std::vector<log_field>& fields = {}) {
    write(log_level::debug, message, fields);
  }
  void info(std::string_view message, const std::vector<log_field>& fields = {}) {
    write(log_level::info, message, fields);
  }
  void warn(std::string_view message, const std::vector<log_field>& fields = {}) {
    write(log_level::warn, message, fields);
  }
  void error(std::string_view message, const std::vector<log_field>& fields = {}) {
    write(log_level::error, message, fields);
  }
};

}  // namespace edge_rollup::observe
