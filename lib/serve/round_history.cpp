#include "serve/round_history.hpp"

#include "serve/json_values.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string_view>

namespace edge_rollup::serve {
namespace {

/// A curve of the charts: its name and what a slot tells of it.
template <class Number>
struct curve {
  std::string_view name;
  std::optional<Number> (*of)(const history_slot&);
};

std::optional<double> mean(double sum, std::uint32_t rounds) {
  if (rounds == 0) return std::nullopt;
  return sum / rounds;
}

/// What a float holds of it: six digits.
std::optional<double> told(const std::optional<float>& quality) {
  constexpr double digits = 1e6;
  if (!quality) return std::nullopt;
  return std::round(static_cast<double>(*quality) * digits) / digits;
}

std::optional<std::uint64_t> count(const history_slot& slot, std::uint32_t nodes) {
  if (slot.rounds == 0) return std::nullopt;
  return nodes;
}

constexpr std::array<curve<double>, 6> measures = {{
    {"records", [](const history_slot& slot) { return mean(slot.records, slot.rounds); }},
    {"quality", [](const history_slot& slot) { return mean(slot.quality, slot.rated_rounds); }},
    {"quality_min", [](const history_slot& slot) { return told(slot.quality_min); }},
    {"quality_max", [](const history_slot& slot) { return told(slot.quality_max); }},
    {"poll_p50_ms", [](const history_slot& slot) { return ms_of(slot.poll_times.p50); }},
    {"poll_p95_ms", [](const history_slot& slot) { return ms_of(slot.poll_times.p95); }},
}};

constexpr std::array<curve<std::uint64_t>, 3> counts = {{
    {"ok", [](const history_slot& slot) { return count(slot, slot.ok); }},
    {"failed", [](const history_slot& slot) { return count(slot, slot.failed); }},
    {"outbox", [](const history_slot& slot) { return slot.waiting; }},
}};

template <class Curves>
void write_curves(wire::json_writer& out, const Curves& curves, const std::vector<history_slot>& slots) {
  for (const auto& each : curves) {
    out.key(each.name).begin_array();
    for (const auto& slot : slots) write(out, each.of(slot));
    out.end_array();
  }
}

void add_round(history_slot& slot, const model::rollup& made, poll_time_spread poll_times) {
  ++slot.rounds;
  slot.records += static_cast<double>(made.total_records);
  if (made.quality.mean_ok) {
    ++slot.rated_rounds;
    slot.quality += *made.quality.mean_ok;
  }
  if (const auto& least = made.quality.min) {
    slot.quality_min = std::min(slot.quality_min.value_or(1), static_cast<float>(*least));
  }
  if (const auto& greatest = made.quality.max) {
    slot.quality_max = std::max(slot.quality_max.value_or(0), static_cast<float>(*greatest));
  }
  slot.poll_times.p50 = std::max(slot.poll_times.p50, poll_times.p50);
  slot.poll_times.p95 = std::max(slot.poll_times.p95, poll_times.p95);
  slot.ok = static_cast<std::uint32_t>(made.coverage.ok);
  slot.failed = static_cast<std::uint32_t>(made.coverage.failed);
}

}  // namespace

std::int64_t round_history::ring::number_at(model::mono_time when) const noexcept {
  return when.time_since_epoch() / step;
}

history_slot& round_history::ring::at(model::mono_time now) {
  const auto number = number_at(now);
  auto& slot = slots[static_cast<std::size_t>(number) % slots.size()];
  if (slot.number != number) {
    slot = {};
    slot.number = number;
  }
  return slot;
}

std::vector<history_slot> round_history::ring::until(model::mono_time now) const {
  std::vector<history_slot> found;
  const auto last = number_at(now);
  const auto first = std::max<std::int64_t>(last + 1 - static_cast<std::int64_t>(slots.size()), 0);
  for (auto number = first; number <= last; ++number) {
    const auto& slot = slots[static_cast<std::size_t>(number) % slots.size()];
    const bool is_known = slot.number == number;
    if (!is_known && found.empty()) continue;
    found.push_back(is_known ? slot : history_slot{});
    found.back().number = number;
  }
  return found;
}

void round_history::round_ended(const model::rollup& made, poll_time_spread poll_times, model::mono_time now) {
  add_round(hour_.at(now), made, poll_times);
  add_round(day_.at(now), made, poll_times);
}

void round_history::outbox_seen(std::uint64_t waiting, model::mono_time now) {
  for (ring* const each : {&hour_, &day_}) {
    auto& slot = each->at(now);
    slot.waiting = std::max(slot.waiting.value_or(0), waiting);
  }
}

std::string round_history::to_json(range wanted, model::mono_time now, model::wall_time wall_now) const {
  const auto& chosen = wanted == range::hour ? hour_ : day_;
  const auto slots = chosen.until(now);
  std::string body;
  wire::json_writer out(body);
  out.begin_object().key("range").text(wanted == range::hour ? "1h" : "24h");
  out.key("step_s").integer(chosen.step.count()).key("t").begin_array();
  for (const auto& slot : slots) {
    const auto start = wall_now - (now.time_since_epoch() - slot.number * chosen.step);
    out.integer(std::chrono::round<model::seconds>(start.time_since_epoch()).count());
  }
  out.end_array();
  write_curves(out, measures, slots);
  write_curves(out, counts, slots);
  out.end_object();
  return body;
}

}  // namespace edge_rollup::serve
