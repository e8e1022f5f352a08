// The bytes of a poll's request; built once for each node.
#pragma once

#include "model/node.hpp"

#include <string>

namespace edge_rollup::poll {

enum class connection_use { keep, close };

/// `GET {base path}{path} HTTP/1.1` with the node's host (RFC 9112 section 3.2), no Accept-Encoding.
[[nodiscard]] std::string request_text(const model::node& node, connection_use use);

}  // namespace edge_rollup::poll
