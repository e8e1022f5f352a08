// A byte stream over one descriptor, which TLS can take over once it is connected.
#pragma once

#include "net/byte_stream.hpp"

namespace edge_rollup::net {

class socket_stream : public byte_stream {
 public:
  /// For TLS, which reads and writes by itself; -1 before the first `try_connect`.
  [[nodiscard]] virtual int descriptor() = 0;
  /// False where a read would only say that nothing is there.
  [[nodiscard]] virtual bool may_read() = 0;
  /// What TLS read or wrote by itself came to the end of what there is: the next wait is for something new.
  virtual void exhausted(direction which) noexcept = 0;
  /// Likewise, a write of its own failed for good: what the peer said before that may be read.
  virtual void write_failed() noexcept = 0;
};

}  // namespace edge_rollup::net
