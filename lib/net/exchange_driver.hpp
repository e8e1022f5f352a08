// Performs an exchange on a stream: the only loop in the house that moves bytes of an HTTP client.
#pragma once

#include "net/byte_stream.hpp"
#include "net/http_exchange.hpp"
#include "runtime/clock.hpp"

#include <span>

namespace edge_rollup::net {

/// Completes with: the exchange `finished`. `buffer` may be shared by all exchanges of the loop: between the last
///                 read and completion nothing else runs, so the answer's body may still lie in it.
/// Timeout:        none of its own; whoever watches calls `exchange.expired(...)` and then `stream.cancel()`.
/// Cancellation:   likewise with `exchange.cancelled()`.
[[nodiscard]] runtime::task<void> drive(http_exchange& exchange, byte_stream& stream, std::span<char> buffer,
                                        const runtime::clock& time);

}  // namespace edge_rollup::net
