// One thing that a check of the set-up found.
#pragma once

#include "daemon/exit_code.hpp"

#include <string>
#include <vector>

namespace edge_rollup::daemon {

enum class finding_level { ok, warning, error };

struct finding {
  finding_level level = finding_level::ok;
  std::string topic;               ///< one word: "state", "nodes", "cloud"
  std::string what;                ///< one sentence without a final period
  std::string remedy;              ///< what to do; empty where all is well
  exit_code code = exit_code::ok;  ///< of an error

  friend bool operator==(const finding&, const finding&) = default;
};

using findings = std::vector<finding>;

}  // namespace edge_rollup::daemon
