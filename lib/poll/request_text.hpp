// The bytes of a poll's request; built once for each node, and again where its credentials have changed.
#pragma once

#include "model/node.hpp"

#include <string>
#include <string_view>

namespace edge_rollup::poll {

enum class connection_use { keep, close };

/// `GET {base path}{path} HTTP/1.1` with the node's host (RFC 9112 section 3.2), no Accept-Encoding. `authorization` is
/// the value of that header; empty: none.
[[nodiscard]] std::string request_text(const model::node& node, connection_use use,
                                       std::string_view authorization = {});

}  // namespace edge_rollup::poll
