// The log in front of an output: leaves out what is below its level, and owns up to what got lost.
#pragma once

#include "observe/log.hpp"
#include "observe/log_output.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::observe {

/// Concurrency: any thread.
/// Errors:      a message the output does not take is counted, and the count is told right after the next one it
///              takes.
class output_log final : public log {
 public:
  output_log(log_level lowest, std::unique_ptr<log_output> output) : lowest_(lowest), output_(std::move(output)) {}
  void write(log_level level, std::string_view message, const std::vector<log_field>& fields) override;
  /// What is below this is left out from now on.
  void write_from(log_level lowest) noexcept { lowest_ = lowest; }

 private:
  std::atomic<log_level> lowest_;
  std::unique_ptr<log_output> output_;
  std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace edge_rollup::observe
