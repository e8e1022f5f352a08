// Named places at which a test may end the process by SIGKILL. In test builds only: where EDGE_ROLLUP_CRASH_POINTS is
// not defined, nothing of a crash point is left in the program, not even its name.
#pragma once

#include <string_view>

namespace edge_rollup::runtime {

#ifdef EDGE_ROLLUP_CRASH_POINTS

/// Ends the process if the environment says CRASH_AT=PLACE.MOMENT, or PLACE.MOMENT:N and this is the N-th time that it
/// comes by, from 1. Of a place that is described in several words the first one is its name.
void crash_point(std::string_view place, std::string_view moment) noexcept;

#else

inline void crash_point(std::string_view, std::string_view) noexcept {}

#endif

}  // namespace edge_rollup::runtime
