// Where a log's messages go: lines on a descriptor, or entries of the journal.
#pragma once

#include "observe/log.hpp"

#include <string_view>
#include <vector>

namespace edge_rollup::observe {

enum class put_result { written, lost };

/// Concurrency: any thread; messages do not mix.
class log_output {
 public:
  virtual ~log_output() = default;
  [[nodiscard]] virtual put_result put(log_level level, std::string_view message,
                                       const std::vector<log_field>& fields) = 0;
};

}  // namespace edge_rollup::observe
