// What a non-blocking call on a connection came to.
#pragma once

#include <cstddef>

namespace edge_rollup::net {

enum class io_state {
  done,        ///< `count` bytes moved, or the connection is established
  want_read,   ///< wait until readable, then call again
  want_write,  ///< wait until writable, then call again
  want_proxy,  ///< of connecting: as want_read, for the answer of a proxy to CONNECT
  closed,      ///< the peer ended its side in the way its protocol ends a side
  failed       ///< `last_failure()` says why
};

struct io_result {
  io_state state = io_state::done;
  std::size_t count = 0;

  friend bool operator==(const io_result&, const io_result&) = default;
};

}  // namespace edge_rollup::net
