// How long something took, for people. Pure.
#pragma once

#include <string>

namespace edge_rollup::daemon {

/// "0.4 ms", "12 ms", "1.8 s"
[[nodiscard]] std::string took_text(double ms);

}  // namespace edge_rollup::daemon
