// What the poll stage needs to know; filled by config.
#pragma once

#include "model/rollup.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <string>

namespace edge_rollup::poll {

struct poll_options {
  model::milliseconds interval{300'000};  ///< between the starts of two rounds; zero: back to back
  std::size_t parallel = 1024;            ///< polls in flight that make progress, 1..100 000
  int retries = 1;                        ///< on connect errors and resets, within the node's timeout
  std::size_t max_body = 64 * 1024;       ///< bytes of a summary
  bool keep_alive = false;                ///< hold connections open between rounds
  bool breaker = false;                   ///< only probe nodes that keep failing

  friend bool operator==(const poll_options&, const poll_options&) = default;
};

}  // namespace edge_rollup::poll
