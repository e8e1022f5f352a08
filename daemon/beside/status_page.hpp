// What a daemon says of itself, for people and for probes. Pure.
#pragma once

#include "daemon/exit_code.hpp"
#include "model/time.hpp"
#include "wire/json_view.hpp"

#include <string>

namespace edge_rollup::daemon {

/// `status` is the answer of /api/v1/status. One fact a line, no line over 80 columns.
[[nodiscard]] std::string status_page(const wire::json_view& status, model::wall_time now);

/// The facts that change, on one line, for those who watch without a terminal.
[[nodiscard]] std::string status_line(const wire::json_view& status, model::wall_time now);

/// As Nagios and its kin read it: "EDGE-ROLLUP WARNING - text | performance data" (Monitoring Plugins guidelines).
[[nodiscard]] std::string probe_line(const wire::json_view& status);

/// ok, warning or critical, as the daemon judges itself; critical where it says nothing that is known here.
[[nodiscard]] exit_code probe_code(const wire::json_view& status);

}  // namespace edge_rollup::daemon
