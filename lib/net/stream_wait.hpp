// Waiting for a stream in a coroutine.
#pragma once

#include "net/byte_stream.hpp"
#include "runtime/async.hpp"

namespace edge_rollup::net {

/// Completes with: another try of the stream is worth it, or its `cancel()` was called. The stream outlives the wait.
[[nodiscard]] runtime::task<void> wait(byte_stream& stream, direction which);

}  // namespace edge_rollup::net
