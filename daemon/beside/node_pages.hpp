// All nodes of a daemon, fetched page by page.
#pragma once

#include "daemon/beside/daemon_client.hpp"
#include "model/result.hpp"
#include "wire/json_view.hpp"

#include <string>
#include <vector>

namespace edge_rollup::daemon {

/// The bodies of /api/v1/nodes, each valid JSON. Errors: those of daemon_client. A fleet that changes meanwhile may
/// show a node twice or not at all.
[[nodiscard]] model::result<std::vector<std::string>> node_pages(daemon_client& daemon);

/// The entries on `pages`, which outlive them.
[[nodiscard]] std::vector<wire::json_view> nodes_on(const std::vector<std::string>& pages);

}  // namespace edge_rollup::daemon
