// How a file of the page is given to a browser: compressed as it is kept, with a tag by which it knows it again.
#pragma once

#include "net/http_message.hpp"

#include <string_view>

namespace edge_rollup::serve {

/// The file of that name, 404 where there is none. It is inflated for those who do not take gzip.
[[nodiscard]] net::http_response asset_answer(std::string_view name, const net::received_request& request);

}  // namespace edge_rollup::serve
