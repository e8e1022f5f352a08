// One poll in three bytes: how it ended, how long it took, and the quality that came. For memory that holds very many.
#pragma once

#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "serve/shown_state.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace edge_rollup::serve {

/// A poll time in a byte, in steps of a twelfth of an octave: about 6 %, from 0.1 ms to 234 s; what is beyond is told as
/// the nearest of them. Longer times have greater codes. 0: the poll never began.
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
  /// To 1/250.
  [[nodiscard]] std::optional<double> quality() const noexcept;

 private:
  static constexpr std::uint8_t absent = 0, ok = 1, stale = 2, first_failure = 3;
  static constexpr std::uint8_t quality_steps = 250, no_quality = 255;

  std::uint8_t ending_ = absent;
  poll_time_code time_ = no_poll_time;
  std::uint8_t quality_ = no_quality;
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
