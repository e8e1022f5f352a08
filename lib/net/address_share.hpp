// How the time for a request is shared among the addresses of a name, so that the first one, being a black hole, does
// not take all of it.
#pragma once

#include "model/time.hpp"

#include <algorithm>
#include <cstddef>

namespace edge_rollup::net {

/// Least time for one address, as far as there is time at all (RFC 8305 §5 recommends as much between two attempts).
inline constexpr model::milliseconds least_connect_share{250};

/// When a connection to the next of `addresses_left` addresses must have come about: an equal share of what is left.
[[nodiscard]] constexpr model::mono_time connect_by(model::mono_time now, model::mono_time deadline,
                                                    std::size_t addresses_left) noexcept {
  const auto share = (deadline - now) / static_cast<std::int64_t>(std::max<std::size_t>(addresses_left, 1));
  return std::min(deadline, now + std::max<model::nanoseconds>(share, least_connect_share));
}

}  // namespace edge_rollup::net
