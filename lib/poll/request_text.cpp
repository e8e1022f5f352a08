// Nothing in it depends on the round, so that a warm poll sends the same bytes every time.
#include "poll/request_text.hpp"

#include "net/http_text.hpp"

#include <fmt/format.h>

namespace edge_rollup::poll {

std::string request_text(const model::node& node, connection_use use, std::string_view authorization) {
  return fmt::format("GET {}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: edge-rollup/" EDGE_ROLLUP_VERSION
                     "\r\nAccept: application/json\r\n{}{}{}{}\r\n",
                     node.base.path, node.path, net::host_field(node.base),
                     authorization.empty() ? "" : "Authorization: ", authorization, authorization.empty() ? "" : "\r\n",
                     use == connection_use::close ? "Connection: close\r\n" : "");
}

}  // namespace edge_rollup::poll
