// How long the cloud asks to wait: the Retry-After header (RFC 9110 §10.2.3).
#pragma once

#include "model/time.hpp"

#include <optional>
#include <string_view>

namespace edge_rollup::deliver {

/// Reads delay-seconds or an HTTP date; empty where it is neither. A moment in the past is zero, and a number too large
/// to hold is cut to 2^31-1 s. A date is taken relative to the answer's own `date` header, so that a gateway with a
/// wrong clock waits as long as was meant; without that header, or where the two are more than a day apart, relative
/// to `now`.
[[nodiscard]] std::optional<model::seconds> parse_retry_after(std::string_view field, std::string_view date,
                                                              model::wall_time now);

}  // namespace edge_rollup::deliver
