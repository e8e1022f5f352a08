// UUIDs of RFC 9562 in their text form (36 characters, lower case), made from random bits that the caller gives.
#pragma once

#include "model/time.hpp"

#include <cstdint>
#include <string>

namespace edge_rollup::wire {

/// A random UUID, version 4 (RFC 9562 §5.4): 122 of the 128 given bits are used, the others say version and variant.
[[nodiscard]] std::string uuid_v4(std::uint64_t random_high, std::uint64_t random_low);

/// A time-ordered UUID, version 7 (RFC 9562 §5.7): the Unix time in milliseconds in the first 48 bits, then 74 of the
/// given random bits. UUIDs of the same millisecond have no order. A time outside the 48 bits (before 1970, after the
/// year 10889) is taken as the nearest one that fits.
[[nodiscard]] std::string uuid_v7(model::wall_time made, std::uint64_t random_high, std::uint64_t random_low);

}  // namespace edge_rollup::wire
