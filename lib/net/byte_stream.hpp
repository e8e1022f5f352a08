// The seam between HTTP exchanges and the network: one connection, driven by readiness. TCP and TLS have this one
// shape, and so has the fake network of the tests.
#pragma once

#include "model/failure.hpp"
#include "net/io_result.hpp"

#include <span>

namespace edge_rollup::net {

enum class direction { read, write };

/// Who waits for a stream.
class ready_listener {
 public:
  virtual void ready() = 0;

 protected:
  ~ready_listener() = default;
};

/// Operation:    `try_connect` until `done`, then `try_write` and `try_read`; none of them blocks. After `want_read`
///               or `want_write` the caller has itself told when another try is worth it, which may come to nothing.
///               Closing is the destructor; nobody may wait then.
/// Concurrency:  loop thread only, at most one listener at a time; it is called from the loop.
/// Cancellation: `cancel()` has a listener called soon; the stream stays usable.
class byte_stream {
 public:
  virtual ~byte_stream() = default;
  /// Connects, and for TLS shakes hands; goes on where the last call left off.
  [[nodiscard]] virtual io_result try_connect() = 0;
  [[nodiscard]] virtual io_result try_write(std::span<const char> bytes) = 0;
  [[nodiscard]] virtual io_result try_read(std::span<char> buffer) = 0;
  /// Once. `whom` outlives the wait.
  virtual void tell_when_ready(direction which, ready_listener& whom) = 0;
  virtual void cancel() noexcept = 0;
  /// From now on it may be idle for long: probes keep it known to the boxes on the way, and end it where the peer is
  /// gone. Whoever does not keep a connection saves the system the timers for them.
  virtual void probe_while_idle() noexcept = 0;
  /// Why the last call came back as `failed`: connect, tls or reset, with a message for a person.
  [[nodiscard]] virtual model::failure last_failure() const = 0;
};

}  // namespace edge_rollup::net
