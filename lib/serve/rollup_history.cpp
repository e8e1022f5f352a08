#include "serve/rollup_history.hpp"

#include "serve/json_values.hpp"
#include "serve/status_json.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace edge_rollup::serve {
namespace {

void write_answer(wire::json_writer& out, const std::optional<outbox::last_answer>& came) {
  if (!came) {
    out.null();
    return;
  }
  write(out.begin_object().key("status"), came->status);
  out.key("words").text(came->words).end_object();
}

}  // namespace

void rollup_history::made(made_rollup rollup) {
  newest_first_.push_front(std::move(rollup));
  if (newest_first_.size() > max_rollups) newest_first_.pop_back();
}

made_rollup* rollup_history::find(std::uint64_t sequence) {
  const auto found = std::ranges::find(newest_first_, sequence, &made_rollup::sequence);
  return found == newest_first_.end() ? nullptr : &*found;
}

void rollup_history::delivered(std::uint64_t sequence, std::string_view verdict, model::wall_time when) {
  auto* const one = find(sequence);
  if (one == nullptr) return;
  one->last_verdict = verdict;
  one->last_answer.reset();
  one->delivered = when;
}

void rollup_history::failed(std::uint64_t sequence, std::string_view verdict, outbox::last_answer answer) {
  auto* const one = find(sequence);
  if (one == nullptr) return;
  one->last_verdict = verdict;
  one->last_answer = std::move(answer);
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
    write_answer(out.key("last_answer"), each.last_answer);
    write(out.key("delivered"), each.delivered);
    out.end_object();
  }
  out.end_array().end_object();
  return body;
}

}  // namespace edge_rollup::serve
