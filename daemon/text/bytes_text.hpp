// How much something is, for people.
#pragma once

#include <cstdint>
#include <string>

namespace edge_rollup::daemon {

/// "900 bytes", "64.0 KiB", "1.5 GiB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

}  // namespace edge_rollup::daemon
