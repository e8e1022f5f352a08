// The two lasting commands: each serves until SIGTERM or SIGINT.
#pragma once

#include "edge-stub/ingest_server.hpp"
#include "edge-stub/node_server.hpp"

#include "model/result.hpp"

#include <string>

namespace edge_rollup::stub {

/// Prints the nodes' URLs on standard output; with a `nodes_file` writes them there instead and prints their number.
[[nodiscard]] model::result<void> run_nodes(const node_options& options, const std::string& nodes_file);

/// Prints a line on standard output for each request.
[[nodiscard]] model::result<void> run_ingest(const ingest_options& options);

}  // namespace edge_rollup::stub
