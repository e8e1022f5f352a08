// One message with its fields as a value: what pure code decides to say, and what a log of the tests keeps.
#pragma once

#include "observe/log.hpp"

#include <string>
#include <vector>

namespace edge_rollup::observe {

struct log_entry {
  log_level level = log_level::info;
  std::string message;
  std::vector<log_field> fields;
};

}  // namespace edge_rollup::observe
