// How fast a backlog is offered to a cloud that has just come back: slowly at first, then faster as long as it answers
// well, so that ten thousand gateways that drain at the same time do not bring it down again.
#pragma once

#include "deliver/verdict.hpp"
#include "model/time.hpp"

#include <optional>

namespace edge_rollup::deliver {

inline constexpr double slow_start_first = 5.0;    ///< offers a second after an outage, and at the start
inline constexpr double slow_start_least = 1.0;    ///< offers a second, however often the cloud is overloaded
inline constexpr double slow_start_open = 10'000;  ///< offers a second from which on there is no limit
inline constexpr model::seconds slow_start_step{1};

enum class backlog { none, some };

/// Operation:   a recovery begins at the start and with every failure, and ends when nothing waits any more. In it
///              offers keep a distance; each `slow_start_step` of good answers halves it, and a 429 or 503 after a
///              good answer doubles it. Outside of it there is no limit. A rollup that is refused says nothing about
///              what the cloud can bear.
/// Concurrency: a value.
class slow_start {
 public:
  /// No offer before this time. Only after a delivered rollup it is ever in the future: how long to wait after a
  /// failure is decided elsewhere.
  [[nodiscard]] model::mono_time next_offer() const noexcept { return next_offer_; }

  /// An offer was answered at `now`; `left` is what waits after it.
  void answered(const answer& came, verdict given, backlog left, model::mono_time now);

 private:
  void delivered(model::mono_time began, backlog left, model::mono_time now);
  void failed(std::optional<int> status);

  std::optional<double> rate_ = slow_start_first;  ///< offers a second; empty: no limit
  std::optional<model::mono_time> good_since_;     ///< only good answers at this rate since then
  model::mono_time next_offer_{};
};

}  // namespace edge_rollup::deliver
