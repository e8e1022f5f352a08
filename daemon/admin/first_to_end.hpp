// Which certificates are worth a series each where there are too many of them. Pure.
#pragma once

#include "net/certificate_expiry.hpp"

#include <cstddef>
#include <string>

namespace edge_rollup::daemon {

/// The `most` of `all` (at least 1) that end first, and among them that of `always`, whenever it ends. Empty: nobody's.
[[nodiscard]] net::certificate_expiries first_to_end(net::certificate_expiries all, const std::string& always,
                                                     std::size_t most);

}  // namespace edge_rollup::daemon
