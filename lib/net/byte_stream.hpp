// The seam between HTTP exchanges and the network: one connection, driven by readiness. TCP and TLS have this one
// shape, and so has the fake network of the tests.
#pragma once

#include "model/failure.hpp"
#include "net/io_result.hpp"
#include "runtime/async.hpp"

#include <memory>
#include <span>

namespace edge_rollup::net {

enum class direction { read, write };

/// Operation:    `try_connect` until `done`, then `try_write` and `try_read`; none of them blocks. After `want_read`
///               or `want_write` the caller awaits `wait`. Closing is the destructor.
/// Concurrency:  loop thread only, at most one `wait` at a time.
/// Cancellation: `cancel()` makes an ongoing `wait` return at once; the stream stays usable.
class byte_stream {
 public:
  virtual ~byte_stream() = default;
  /// Connects, and for TLS shakes hands; goes on where the last call left off.
  [[nodiscard]] virtual io_result try_connect() = 0;
  [[nodiscard]] virtual io_result try_write(std::span<const char> bytes) = 0;
  [[nodiscard]] virtual io_result try_read(std::span<char> buffer) = 0;
  [[nodiscard]] virtual runtime::task<void> wait(direction which) = 0;
  virtual void cancel() noexcept = 0;
  /// Why the last call came back as `failed`: connect, tls or reset, with a message for a person.
  [[nodiscard]] virtual model::failure last_failure() const = 0;
};

}  // namespace edge_rollup::net
