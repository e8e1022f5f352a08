#include "serve/rollup_history.hpp"

#include "serve/json_values.hpp"
#include "serve/status_json.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace edge_rollup::serve {

void rollup_history::made(made_rollup rollup) {
  newest_first_.push_front(std::move(rollup));
  if (newest_first_.size() > max_rollups) newest_first_.pop_back();
}

void rollup_history::tried(std::uint64_t sequence, std::string_view verdict,
                           std::optional<model::wall_time> delivered) {
  const auto found = std::ranges::find(newest_first_, sequence, &made_rollup::sequence);
  if (found == newest_first_.end()) return;
  found->last_verdict = verdict;
  found->delivered = delivered;
}

std::optional<round_facts> rollup_history::last_round() const {
  if (newest_first_.empty()) return std::nullopt;
  return newest_first_.front().round;
}

std::string rollup_history::to_json(std::size_t limit) const {
  std::string body;
  wire::json_writer out(body);
  out.begin_object().key("rollups").begin_array();
  for (const auto& each : newest_first_ | std::views::take(static_cast<std::ptrdiff_t>(limit))) {
    out.begin_object();
    write(out.key("sequence"), each.sequence);
    write(out.key("id"), each.id);
    write_round(out.key("round"), each.round);
    write(out.key("last_verdict"), each.last_verdict);
    write(out.key("delivered"), each.delivered);
    out.end_object();
  }
  out.end_array().end_object();
  return body;
}

}  // namespace edge_rollup::serve
