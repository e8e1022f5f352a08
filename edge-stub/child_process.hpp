// A program that runs as our child, with what it says on one pipe.
#pragma once

#include "model/result.hpp"
#include "runtime/descriptor.hpp"

#include <sys/types.h>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::stub {

/// Operation: `start`, read the output to its end, then `wait`. The child has a process group of its own, so that a
///            Ctrl-C on the terminal reaches it only through us.
class child_process {
 public:
  /// `command` begins with the program's path. Errors: unavailable.
  [[nodiscard]] static model::result<child_process> start(const std::vector<std::string>& command);

  /// Hands over the read end of standard output and standard error together.
  [[nodiscard]] runtime::descriptor take_output() noexcept { return std::move(output_); }
  void send_signal(int number) const noexcept;
  /// Blocks until the child has ended. The exit code, or 128 plus the number of the signal that ended it.
  [[nodiscard]] int wait() const noexcept;

 private:
  child_process(pid_t pid, runtime::descriptor output) noexcept : pid_(pid), output_(std::move(output)) {}

  pid_t pid_;
  runtime::descriptor output_;
};

}  // namespace edge_rollup::stub
