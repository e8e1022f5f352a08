// A snapshot of the metrics in the Prometheus text format, version 0.0.4.
#pragma once

#include "observe/metrics.hpp"

#include <span>
#include <string>

namespace edge_rollup::observe {

/// Families without a series are left out. Takes tens of milliseconds where thousands of series are: not for the loop.
[[nodiscard]] std::string exposition(std::span<const family_snapshot> snapshot);

}  // namespace edge_rollup::observe
