// How long until a list that a server keeps is asked for again.
#pragma once

#include "model/time.hpp"

#include <cstdint>

namespace edge_rollup::fleet {

/// First wait after a failure; each further one doubles it, up to the refresh interval.
inline constexpr model::milliseconds first_retry{5'000};

/// Between nine tenths and the whole of the wait, so that gateways that started together do not ask together.
/// `failures` in a row; `chance` is uniformly distributed.
[[nodiscard]] model::milliseconds next_refresh(model::milliseconds refresh, std::uint32_t failures,
                                               std::uint64_t chance) noexcept;

}  // namespace edge_rollup::fleet
