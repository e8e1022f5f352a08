// The daemon in one line, for `systemctl status`: "4 of 5 nodes ok, outbox 0".
#pragma once

#include "model/rollup.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::daemon {

struct service_facts {
  struct hold {
    model::wall_time since;
    std::string words;  ///< what came back, and what to do
  };

  std::optional<model::coverage> last_round = {};  ///< empty before the first
  std::uint64_t pending = 0;
  std::uint64_t dead = 0;
  bool in_memory_only = false;  ///< the disk takes nothing
  std::optional<hold> delivery_hold = {};
  std::optional<std::string> settings_refused = {};  ///< by the last reload, for this reason
};

/// What is wrong stands behind what is counted, worst last.
[[nodiscard]] std::string status_text(const service_facts& facts);

}  // namespace edge_rollup::daemon
