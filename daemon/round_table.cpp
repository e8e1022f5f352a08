// Columns are as wide as what stands in them, so that a table of any fleet lines up.
#include "daemon/round_table.hpp"

#include "model/grouped.hpp"
#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t shown_message_bytes = 256;

struct row {
  std::string node, status, records, quality, updated, time, message;
};

std::string age_text(model::milliseconds age) {
  using namespace std::chrono;
  if (age < milliseconds::zero()) return "in the future";
  if (age < minutes{1}) return fmt::format("{} s ago", floor<seconds>(age).count());
  if (age < hours{1}) return fmt::format("{} min ago", floor<minutes>(age).count());
  if (age < days{1}) return fmt::format("{} h ago", floor<hours>(age).count());
  return fmt::format("{} d ago", floor<days>(age).count());
}

std::string time_text(model::nanoseconds took) {
  const auto ms = std::chrono::duration<double, std::milli>(took).count();
  if (ms < 1) return fmt::format("{:.1f} ms", ms);
  return ms < 1'000 ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.1f} s", ms / 1'000);
}

std::string updated_text(const model::summary& said, model::freshness freshness, model::wall_time now) {
  if (!said.last_updated_at) return "-";
  auto text = age_text(now - *said.last_updated_at);
  if (freshness == model::freshness::stale) text += ", stale";
  return text;
}

row row_of(const model::node& node, const model::poll_outcome& outcome, model::freshness freshness,
           model::wall_time now) {
  if (!outcome.ok()) {
    return {node.name,
            "error",
            "-",
            "-",
            "-",
            time_text(outcome.latency),
            wire::excerpt(outcome.answer.error().message, shown_message_bytes)};
  }
  const model::summary& said = *outcome.answer;
  return {node.name,
          "ok",
          model::grouped(said.record_count),
          fmt::format("{:.3f}", said.quality_score),
          updated_text(said, freshness, now),
          time_text(outcome.latency),
          ""};
}

std::string aligned(const std::vector<row>& rows) {
  std::array<std::size_t, 6> width{};
  for (const row& each : rows) {
    const std::array cells{each.node.size(),    each.status.size(),  each.records.size(),
                           each.quality.size(), each.updated.size(), each.time.size()};
    std::ranges::transform(width, cells, width.begin(), [](auto a, auto b) { return std::max(a, b); });
  }
  std::string text;
  for (const row& each : rows) {
    auto line =
        fmt::format("{:<{}}  {:<{}}  {:>{}}  {:>{}}  {:<{}}  {:>{}}", each.node, width[0], each.status, width[1],
                    each.records, width[2], each.quality, width[3], each.updated, width[4], each.time, width[5]);
    if (!each.message.empty()) line += "   " + each.message;
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string round_table(const model::rollup& made, std::span<const model::node> nodes,
                        std::span<const model::poll_outcome> outcomes, nodes_shown shown) {
  const bool shortened = shown == nodes_shown::troubled_first && nodes.size() > rows_before_shortening;
  const auto now = made.round.started + std::chrono::ceil<model::milliseconds>(made.round.took);
  std::vector<row> rows{{"NODE", "STATUS", "RECORDS", "QUALITY", "UPDATED", "TIME", ""}};
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool troubled = !outcomes[i].ok() || made.node_freshness[i] == model::freshness::stale;
    if (shortened && !troubled) {
      ++left_out;
      continue;
    }
    rows.push_back(row_of(nodes[i], outcomes[i], made.node_freshness[i], now));
  }
  auto text = aligned(rows);
  if (left_out > 0) text += fmt::format("…and {} ok (--all)\n", model::grouped(left_out));
  const auto quality = made.quality.mean_ok ? fmt::format("{:.3f}", *made.quality.mean_ok) : "-";
  text += fmt::format("\nrollup  {} of {} nodes, {} records, quality {}\n", model::grouped(made.coverage.ok),
                      model::grouped(made.coverage.expected), model::grouped(made.total_records), quality);
  return text;
}

}  // namespace edge_rollup::daemon
