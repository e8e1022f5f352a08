// Asks a server for a list of nodes, as Prometheus' HTTP service discovery does.
#pragma once

#include "fleet/fleet_options.hpp"
#include "model/result.hpp"
#include "net/http_client.hpp"

#include <cstddef>
#include <string>

namespace edge_rollup::fleet {

inline constexpr std::size_t max_http_list_bytes = 64 * 1024 * 1024;
inline constexpr model::milliseconds http_list_progress_timeout{10'000};
inline constexpr model::milliseconds http_list_total_timeout{60'000};

/// What the client of a list server may take in, and how long.
[[nodiscard]] net::http_limits http_list_limits();

/// A GET with the `X-Prometheus-Refresh-Interval-Seconds` header. Only a complete answer with status 200 counts; the
/// content type is not looked at. Errors: unavailable; the text names the URL, without values of its query.
/// `client` and `list` outlive the task.
[[nodiscard]] runtime::task<model::result<std::string>> fetch_list(net::http_client& client, const http_list& list);

}  // namespace edge_rollup::fleet
