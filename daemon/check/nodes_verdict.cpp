#include "daemon/check/nodes_verdict.hpp"

namespace edge_rollup::daemon {

exit_code nodes_verdict(std::span<const model::poll_outcome> outcomes, nodes_required required) {
  if (required == nodes_required::some) return exit_code::ok;
  auto worst = exit_code::ok;
  for (const auto& outcome : outcomes) {
    if (outcome.ok()) continue;
    const auto kind = outcome.answer.error().kind;
    const bool is_bad_data = kind == model::failure_kind::bad_json || kind == model::failure_kind::bad_summary;
    if (!is_bad_data) return exit_code::unavailable;
    worst = exit_code::bad_data;
  }
  return worst;
}

}  // namespace edge_rollup::daemon
