// What a check found, as it is printed and as it ends the process. Pure.
#pragma once

#include "daemon/check/finding.hpp"
#include "daemon/check/setup_cost.hpp"

#include <optional>
#include <string>

namespace edge_rollup::daemon {

/// One entry a finding, broken into lines of 80 columns, each remedy below what it mends; then the line of totals.
[[nodiscard]] std::string finding_table(const findings& found);

/// An object with "verdict" (the worst level), "findings" and "cost", which is null where it is not known.
[[nodiscard]] std::string findings_json(const findings& found, const std::optional<setup_cost>& cost);

/// That of the first error; ok where there is none.
[[nodiscard]] exit_code code_of(const findings& found);

}  // namespace edge_rollup::daemon
