// Which connection a full server ends to let a new one in. Pure.
#pragma once

#include "model/time.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace edge_rollup::net {

/// A connection as far as this choice is concerned.
struct held_connection {
  enum class work { idle, request };

  std::string address;      ///< of the client, without its port
  work at = work::request;  ///< idle: between two requests
  model::mono_time since;   ///< of the idleness, or of the first moment of the request
};

/// The index of the connection to end: the one that has been idle the longest; where none is, of the address with the
/// most connections the one whose request takes the longest. So slow clients, however many, push out each other and
/// never a new one. `held` is not empty.
[[nodiscard]] std::size_t connection_to_end(std::span<const held_connection> held);

}  // namespace edge_rollup::net
