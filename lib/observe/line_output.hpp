// Writes each message as one line to a descriptor.
#pragma once

#include "model/time.hpp"
#include "observe/log_output.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::observe {

/// Turns one message into one line, without its line feed.
using line_maker = std::string (*)(model::wall_time now, log_level level, std::string_view message,
                                   const std::vector<log_field>& fields);

/// Concurrency: any thread; lines do not mix.
class line_output final : public log_output {
 public:
  /// `fd` is not owned and stays open while this lives.
  line_output(int fd, line_maker make_line, std::function<model::wall_time()> now);
  [[nodiscard]] put_result put(log_level level, std::string_view message,
                               const std::vector<log_field>& fields) override;

 private:
  [[nodiscard]] put_result write(std::string_view line) const;

  int fd_;
  line_maker make_line_;
  std::function<model::wall_time()> now_;
  std::mutex writing_;
};

}  // namespace edge_rollup::observe
