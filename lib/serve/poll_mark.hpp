// One poll in two bytes: how it ended, with the quality that came, and how long it took. For memory that holds very
// many.
#pragma once

#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "serve/shown_state.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace edge_rollup::serve {

/// A poll time in a byte, in steps of a twelfth of an octave: about 6 %, from 0.1 ms to 234 s; what is beyond is told
/// as the nearest of them. Longer times have greater codes. 0: the poll never began.
using poll_time_code = std::uint8_t;
inline constexpr poll_time_code no_poll_time = 0;

[[nodiscard]] poll_time_code to_poll_time(model::nanoseconds took) noexcept;
/// To three digits; empty for `no_poll_time`.
[[nodiscard]] std::optional<double> ms_of(poll_time_code code) noexcept;

/// Concurrency: a value.
class poll_mark {
 public:
  /// Of a round that did not ask the node, or did not know of it.
  poll_mark() = default;
  poll_mark(const model::poll_outcome& outcome, model::freshness age) noexcept;

  /// Whether the round knew of the node.
  [[nodiscard]] bool exists() const noexcept { return ending_ != absent; }
  [[nodiscard]] shown_state state() const noexcept;
  [[nodiscard]] std::optional<model::failure_kind> failure() const noexcept;
  [[nodiscard]] poll_time_code time() const noexcept { return time_; }
  /// To 1/100.
  [[nodiscard]] std::optional<double> quality() const noexcept;

 private:
  // Endings: absent, a failure of each kind, then what came with each quality, and the same once more where it was old.
  static constexpr int absent = 0, first_failure = 1;
  static constexpr int first_ok = first_failure + static_cast<int>(model::failure_kind_names.size());
  static constexpr int quality_steps = 100;
  static constexpr int first_stale = first_ok + quality_steps + 1;
  static_assert(first_stale + quality_steps <= std::numeric_limits<std::uint8_t>::max());

  std::uint8_t ending_ = absent;
  poll_time_code time_ = no_poll_time;
};

/// One for each outcome, in their order.
[[nodiscard]] std::vector<poll_mark> marks_of(std::span<const model::poll_outcome> outcomes,
                                              std::span<const model::freshness> freshness);

/// Half of the polls that began, and nineteen of twenty, took no longer. `no_poll_time` where none began.
struct poll_time_spread {
  poll_time_code p50 = no_poll_time;
  poll_time_code p95 = no_poll_time;

  friend bool operator==(const poll_time_spread&, const poll_time_spread&) = default;
};

[[nodiscard]] poll_time_spread spread_of(std::span<const poll_mark> marks) noexcept;

}  // namespace edge_rollup::serve
