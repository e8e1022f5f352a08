#include "deliver/slow_start.hpp"

#include <algorithm>
#include <chrono>

namespace edge_rollup::deliver {

void slow_start::answered(const answer& came, verdict given, backlog left, model::mono_time now) {
  next_offer_ = {};
  switch (given) {
    case verdict::delivered: return delivered(now - came.took, left, now);
    case verdict::refused: return;
    case verdict::retry:
    case verdict::hold: return failed(came.status);
  }
}

void slow_start::delivered(model::mono_time began, backlog left, model::mono_time now) {
  if (left == backlog::none) rate_.reset();
  if (!rate_) return;
  if (!good_since_) good_since_ = now;
  if (now - *good_since_ >= slow_start_step) {
    *rate_ *= 2;
    good_since_ = now;
  }
  if (*rate_ >= slow_start_open) return rate_.reset();
  next_offer_ = began + std::chrono::round<model::nanoseconds>(std::chrono::duration<double>(1.0 / *rate_));
}

/// The first sign of overload only slows down; what fails more than once is an outage, and recovery begins anew.
void slow_start::failed(std::optional<int> status) {
  const bool overloaded = status == 429 || status == 503;
  const double rate = rate_.value_or(slow_start_first);
  const bool slows_down = overloaded && good_since_ && rate_;
  rate_ = slows_down ? std::max(rate / 2, slow_start_least) : std::min(rate, slow_start_first);
  good_since_.reset();
}

}  // namespace edge_rollup::deliver
