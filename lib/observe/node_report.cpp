#include "observe/node_report.hpp"

#include "model/grouped.hpp"
#include "model/invariant.hpp"
#include "observe/event.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace edge_rollup::observe {

namespace {

std::int64_t in_milliseconds(model::nanoseconds time) {
  return std::chrono::round<std::chrono::milliseconds>(time).count();
}

bool was_asked(const model::poll_outcome& outcome) {
  if (outcome.ok()) return true;
  const auto kind = outcome.answer.error().kind;
  return kind != model::failure_kind::skipped && kind != model::failure_kind::cancelled;
}

log_entry failing_line(const model::node& node, const model::poll_outcome& outcome) {
  const model::failure& why = outcome.answer.error();
  return {log_level::warn,
          fmt::format("node {} failed: {}", node.name, why.message),
          {{"node", node.name},
           {"url", node.url},
           {"error_kind", std::string(to_string(why.kind))},
           {"latency_ms", in_milliseconds(outcome.latency)}}};
}

/// A time that was understood is of unknown age only where it lies in the future.
bool clock_is_ahead(const model::poll_outcome& outcome, model::freshness freshness) {
  return freshness == model::freshness::unknown && outcome.answer->last_updated_at.has_value();
}

log_entry clock_ahead_line(const model::node& node, const model::poll_outcome& outcome) {
  return {log_level::warn,
          fmt::format("the clock of node {} is ahead of ours, so the age of its data is unknown: it says {}", node.name,
                      wire::format_timestamp(*outcome.answer->last_updated_at)),
          {{"node", node.name}, {"url", node.url}}};
}

log_entry recovered_line(const model::node& node, std::uint64_t rounds) {
  return {log_level::info,
          fmt::format("node {} is ok again after {} failed {}", node.name, rounds, rounds == 1 ? "round" : "rounds"),
          {{"node", node.name}, {"url", node.url}, {"failed_rounds", rounds}}};
}

}  // namespace

std::vector<log_entry> node_report::lines_of_round(std::span<const model::node> nodes,
                                                   std::span<const model::poll_outcome> outcomes,
                                                   std::span<const model::freshness> freshness) {
  EDGE_ROLLUP_INVARIANT(nodes.size() == outcomes.size() && nodes.size() == freshness.size());
  std::vector<log_entry> lines;
  std::uint64_t unsaid = 0;
  const auto say = [&](auto make_line) {
    if (lines.size() < node_lines_per_round) {
      lines.push_back(make_line());
    } else {
      ++unsaid;
    }
  };

  auto before = std::exchange(troubles_, {});
  auto ahead_before = std::exchange(clocks_ahead_, {});
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    const model::node& node = nodes[at];
    const model::poll_outcome& outcome = outcomes[at];
    const auto known = before.find(node.url);
    if (!was_asked(outcome)) {
      if (known != before.end()) troubles_.insert(before.extract(known));
    } else if (!outcome.ok()) {
      const auto kind = outcome.answer.error().kind;
      const bool as_before = known != before.end() && known->second.kind == kind;
      if (!as_before) say([&] { return failing_line(node, outcome); });
      troubles_[node.url] = {kind, known != before.end() ? known->second.rounds + 1 : 1};
    } else if (known != before.end()) {
      say([&] { return recovered_line(node, known->second.rounds); });
    }
    const bool was_ahead = ahead_before.contains(node.url);
    const bool is_ahead = outcome.ok() ? clock_is_ahead(outcome, freshness[at]) : was_ahead;
    if (is_ahead && !was_ahead) say([&] { return clock_ahead_line(node, outcome); });
    if (is_ahead) clocks_ahead_.insert(node.url);
  }
  if (unsaid > 0) {
    lines.push_back({log_level::warn, "and " + model::counted(unsaid, "more node"), {{"nodes", unsaid}}});
  }
  return lines;
}

log_entry round_line(std::uint64_t number, const model::rollup& made) {
  const model::coverage& nodes = made.coverage;
  const auto took_ms = in_milliseconds(made.round.took);
  const auto quality = nodes.ok > 0 ? fmt::format("{:.3f}", made.data_quality_score) : std::string("-");
  const bool none_ok = nodes.expected > 0 && nodes.ok == 0;
  log_entry line{
      none_ok ? log_level::warn : log_level::info,
      fmt::format("round {}: {} of {} nodes ok, {} records, quality {}, {} ms{}", number, model::grouped(nodes.ok),
                  model::grouped(nodes.expected), model::grouped(made.total_records), quality,
                  model::grouped(static_cast<std::uint64_t>(took_ms)), made.round.partial ? ", cut short" : ""),
      {{"round", number},
       {"ok", nodes.ok},
       {"failed", nodes.failed},
       {"skipped", nodes.skipped},
       {"records", made.total_records},
       {"took_ms", took_ms}}};
  if (nodes.ok > 0) line.fields.push_back({"quality", made.data_quality_score});
  if (none_ok) line.fields.push_back(event_field(event::no_node_ok));
  return line;
}

}  // namespace edge_rollup::observe
