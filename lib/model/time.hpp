// The two times of the house. Scheduling and deadlines use mono_time; wall_time is a label for people and the cloud.
#pragma once

#include <chrono>

namespace edge_rollup::model {

/// Monotonic time: never steps, does not run during a suspend. Only differences mean something.
using mono_time = std::chrono::steady_clock::time_point;

/// Wall clock time in UTC with the millisecond resolution the rollup carries. May step in both directions.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// This program is younger than that: a clock that shows less was never set.
inline constexpr wall_time oldest_plausible_time = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// What the system says of its wall clock; the word stands in every rollup as `clock`.
enum class clock_state { synchronized, unsynchronized, unknown };

}  // namespace edge_rollup::model
