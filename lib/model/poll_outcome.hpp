// What asking one node in one round came to.
#pragma once

#include "model/failure.hpp"
#include "model/summary.hpp"
#include "model/time.hpp"

#include <expected>

namespace edge_rollup::model {

struct poll_outcome {
  std::expected<summary, failure> answer = std::unexpected(failure{failure_kind::cancelled, "not asked", {}});
  nanoseconds latency{0};  ///< from the start of the node's own poll to its end; zero where it never began

  [[nodiscard]] bool ok() const noexcept { return answer.has_value(); }
  friend bool operator==(const poll_outcome&, const poll_outcome&) = default;
};

}  // namespace edge_rollup::model
