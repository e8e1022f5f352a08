// Writes each message as one line to a descriptor, through spdlog.
#pragma once

#include "model/time.hpp"
#include "observe/log_output.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spdlog::sinks {
class sink;
}

namespace edge_rollup::observe {

/// Turns one message into one line, without its line feed.
using line_maker = std::string (*)(model::wall_time now, log_level level, std::string_view message,
                                   const std::vector<log_field>& fields);

class line_output final : public log_output {
 public:
  /// `fd` is not owned and stays open while this lives.
  line_output(int fd, line_maker make_line, std::function<model::wall_time()> now);
  ~line_output() override;
  [[nodiscard]] put_result put(log_level level, std::string_view message,
                               const std::vector<log_field>& fields) override;

 private:
  line_maker make_line_;
  std::function<model::wall_time()> now_;
  std::unique_ptr<spdlog::sinks::sink> sink_;
};

}  // namespace edge_rollup::observe
