// Performs an exchange on a stream: the only loop in the house that moves bytes of an HTTP client.
#pragma once

#include "net/byte_stream.hpp"
#include "net/http_exchange.hpp"
#include "runtime/clock.hpp"

#include <span>

namespace edge_rollup::net {

/// Performs the steps of the exchange that need no waiting: until it says `wait_readable`, `wait_writable` or
/// `finished`. `buffer` as below.
[[nodiscard]] exchange_step advance(http_exchange& exchange, byte_stream& stream, std::span<char> buffer,
                                    const runtime::clock& time);

/// What to wait for at one of the two steps that wait.
[[nodiscard]] constexpr direction awaited(exchange_step waiting) noexcept {
  return waiting == exchange_step::wait_readable ? direction::read : direction::write;
}

/// Completes with: the exchange `finished`. `buffer` may be shared by all exchanges of the loop: between the last
///                 read and completion nothing else runs, so the answer's body may still lie in it.
/// Timeout:        none of its own; whoever watches calls `exchange.expired(...)` and then `stream.cancel()`.
/// Cancellation:   likewise with `exchange.cancelled()`.
[[nodiscard]] runtime::task<void> drive(http_exchange& exchange, byte_stream& stream, std::span<char> buffer,
                                        const runtime::clock& time);

}  // namespace edge_rollup::net
