// Answers that a client holds already and need not be sent again (RFC 9110 section 13).
#pragma once

#include "net/http_message.hpp"

namespace edge_rollup::net {

/// `made`; or 304 without its content, where it is a 200 with an ETag and If-None-Match of the request names that tag.
/// Tags are compared weakly (RFC 9110 section 13.1.2).
[[nodiscard]] http_response unless_held(const received_request& request, http_response made);

}  // namespace edge_rollup::net
