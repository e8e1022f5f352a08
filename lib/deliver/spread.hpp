// When a gateway delivers within its interval: rounds begin at the same second everywhere, and the cloud need not be
// asked by every gateway at that second.
#pragma once

#include "model/time.hpp"

#include <optional>
#include <string_view>

namespace edge_rollup::deliver {

/// The wait of this gateway before the rollup of a round on the clock is offered first: always the same for one
/// stream, evenly distributed over streams, in [0, longest]. Where `longest` is empty it is a tenth of the interval up
/// to 30 s, and zero where the interval is below 60 s.
[[nodiscard]] model::milliseconds spread_offset(std::string_view stream, std::optional<model::milliseconds> longest,
                                                model::milliseconds interval);

}  // namespace edge_rollup::deliver
