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

void write_rollup_members(wire::json_writer& out, const made_rollup& rollup) {
  write(out.key("sequence"), rollup.sequence);
  write(out.key("id"), rollup.id);
  write_round(out.key("round"), rollup.round);
  write(out.key("last_verdict"), rollup.last_verdict);
  write_answer(out.key("last_answer"), rollup.last_answer);
  write(out.key("delivered"), rollup.delivered);
}

void write_try_members(wire::json_writer& out, const ended_try& ended) {
  out.key("verdict").text(ended.verdict);
  write(out.key("status"), ended.status);
  out.key("ms").real(in_ms(ended.took));
  write(out.key("text"), ended.text);
}

void rollup_history::made(made_rollup rollup) {
  newest_first_.push_front(std::move(rollup));
  if (newest_first_.size() > max_rollups) newest_first_.pop_back();
}

made_rollup* rollup_history::find(std::uint64_t sequence) {
  const auto found = std::ranges::find(newest_first_, sequence, &made_rollup::sequence);
  return found == newest_first_.end() ? nullptr : &*found;
}

const made_rollup* rollup_history::find(std::uint64_t sequence) const {
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

void rollup_history::tried(ended_try ended) {
  newest_tries_first_.push_front(std::move(ended));
  if (newest_tries_first_.size() > max_tries) newest_tries_first_.pop_back();
}

std::vector<ended_try> rollup_history::tries_of(std::uint64_t sequence, std::size_t limit) const {
  std::vector<ended_try> found;
  for (const auto& each : newest_tries_first_) {
    if (each.sequence == sequence && found.size() < limit) found.push_back(each);
  }
  return found;
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
    write_rollup_members(out, each);
    out.end_object();
  }
  out.end_array().end_object();
  return body;
}

}  // namespace edge_rollup::serve
