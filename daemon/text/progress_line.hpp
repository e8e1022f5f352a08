// "exporting 5 000 of 20 000" on standard error while something takes long, where that is a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edge_rollup::daemon {

/// Operation:   what is counted is shown unless it is done in one go. The line is taken away at the end.
/// Concurrency: one thread.
class progress_line {
 public:
  /// `what` stands before counts.
  explicit progress_line(std::string_view what = {});
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line();

  void show(std::uint64_t done, std::uint64_t all);
  /// A line in the place of the one before; at most 79 columns.
  void say(std::string_view line);

 private:
  std::string what_;
  bool is_terminal_;
  bool shown_ = false;
};

}  // namespace edge_rollup::daemon
