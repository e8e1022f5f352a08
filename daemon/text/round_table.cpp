#include "daemon/text/round_table.hpp"

#include "daemon/text/age_text.hpp"
#include "daemon/text/aligned_lines.hpp"
#include "daemon/text/paragraph.hpp"
#include "daemon/text/took_text.hpp"
#include "model/grouped.hpp"
#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <vector>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t indent = 4;
constexpr std::array columns{alignment::left,  alignment::left, alignment::right,
                             alignment::right, alignment::left, alignment::right};

std::string time_text(model::nanoseconds took) {
  return took_text(std::chrono::duration<double, std::milli>(took).count());
}

std::string updated_text(const model::summary& said, model::freshness freshness, model::wall_time now) {
  if (!said.last_updated_at) return "-";
  auto text = age_text(now - *said.last_updated_at);
  if (freshness == model::freshness::stale) text += ", stale";
  return text;
}

std::vector<std::string> cells_of(const model::node& node, const model::poll_outcome& outcome,
                                  model::freshness freshness, model::wall_time now) {
  if (!outcome.ok()) return {node.name, "error", "-", "-", "-", time_text(outcome.latency)};
  const model::summary& said = *outcome.answer;
  return {node.name,
          "ok",
          model::grouped(said.record_count),
          fmt::format("{:.3f}", said.quality_score),
          updated_text(said, freshness, now),
          time_text(outcome.latency)};
}

/// Beside the line where there is room on the page, else below it.
std::string with_message(const std::string& line, const std::string& message) {
  if (message.empty()) return line + "\n";
  const auto shown = wire::excerpt(message, page_columns - indent);
  const bool has_room = line.size() + 3 + shown.size() <= page_columns;
  return line + (has_room ? "   " : "\n" + std::string(indent, ' ')) + shown + "\n";
}

}  // namespace

std::string round_table(const model::rollup& made, std::span<const model::node> nodes,
                        std::span<const model::poll_outcome> outcomes, nodes_shown shown) {
  const bool shortened = shown == nodes_shown::troubled_first && nodes.size() > rows_before_shortening;
  const auto now = made.round.started + std::chrono::ceil<model::milliseconds>(made.round.took);
  std::vector<std::vector<std::string>> rows{{"NODE", "STATUS", "RECORDS", "QUALITY", "UPDATED", "TIME"}};
  std::vector<std::string> messages{""};
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool troubled = !outcomes[i].ok() || made.node_freshness[i] == model::freshness::stale;
    if (shortened && !troubled) {
      ++left_out;
      continue;
    }
    rows.push_back(cells_of(nodes[i], outcomes[i], made.node_freshness[i], now));
    messages.push_back(outcomes[i].ok() ? "" : outcomes[i].answer.error().message);
  }
  fit_first_column(rows);
  std::string text;
  const auto lines = aligned_lines(columns, rows);
  for (std::size_t i = 0; i < lines.size(); ++i) text += with_message(lines[i], messages[i]);
  if (left_out > 0) text += fmt::format("…and {} ok (--all)\n", model::grouped(left_out));
  const auto quality = made.quality.mean_ok ? fmt::format("{:.3f}", *made.quality.mean_ok) : "-";
  text += fmt::format("\nrollup  {} of {} nodes, {} records, quality {}\n", model::grouped(made.coverage.ok),
                      model::grouped(made.coverage.expected), model::grouped(made.total_records), quality);
  return text;
}

}  // namespace edge_rollup::daemon
