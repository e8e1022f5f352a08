#include "serve/daemon_verdict.hpp"

#include "model/grouped.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::serve {
namespace {

using enum verdict_level;
using complaint = std::pair<verdict_level, std::string>;

void judge_round(const model::coverage& nodes, std::vector<complaint>& wrong) {
  const auto troubled = nodes.failed + nodes.skipped;
  if (nodes.expected > 0 && nodes.ok == 0) {
    wrong.emplace_back(critical, fmt::format("none of {} is ok", model::counted(nodes.expected, "node")));
  } else if (troubled > 0) {
    wrong.emplace_back(
        warning, fmt::format("{} of {} not ok", model::grouped(troubled), model::counted(nodes.expected, "node")));
  }
  if (nodes.stale > 0) wrong.emplace_back(warning, model::counted(nodes.stale, "node") + " with stale data");
}

void judge_delivery(const delivery_facts& delivery, std::vector<complaint>& wrong) {
  if (delivery.hold) {
    wrong.emplace_back(critical, fmt::format("delivery holds ({}): {}", delivery.hold->reason, delivery.hold->text));
  } else if (delivery.consecutive_failures > 0) {
    wrong.emplace_back(
        warning, fmt::format("delivery failed {} in a row", model::counted(delivery.consecutive_failures, "time")));
  }
}

void judge_store(const daemon_facts& facts, std::vector<complaint>& wrong) {
  const auto& store = facts.store;
  if (store.in_memory_only) wrong.emplace_back(critical, "the disk takes nothing: rollups are kept in memory only");
  if (facts.runway && *facts.runway < short_runway && store.pending > 1) {
    wrong.emplace_back(*facts.runway < spent_runway ? critical : warning,
                       fmt::format("the outbox is full in {} h", *facts.runway / model::seconds(3600)));
  }
  if (store.dead > 0) wrong.emplace_back(warning, model::counted(store.dead, "dead letter"));
  if (!store.lost.ranges.empty()) {
    wrong.emplace_back(warning, fmt::format("{} discarded unsent", model::counted(store.lost.total, "rollup")));
  }
}

}  // namespace

std::string why_reload_failed(std::string_view error) {
  const auto head = error.substr(0, error.find('\n'));
  if (head.size() == error.size()) return std::string(error);
  const auto first = error.substr(head.size() + 1);
  return fmt::format("{}, first {}; see edge-rollup check", head, first.substr(0, first.find('\n')));
}

daemon_verdict judge(const daemon_facts& facts) {
  std::vector<complaint> wrong;
  judge_delivery(facts.delivery, wrong);
  judge_store(facts, wrong);
  if (facts.last_round) judge_round(facts.last_round->nodes, wrong);
  if (facts.config.error) wrong.emplace_back(warning, "reload failed: " + why_reload_failed(*facts.config.error));
  if (facts.clock == model::clock_state::unsynchronized) wrong.emplace_back(warning, "the clock is not synchronized");
  if (wrong.empty()) return {ok, "ok"};
  std::ranges::stable_sort(wrong, std::greater{}, &complaint::first);
  std::vector<std::string_view> texts;
  for (const auto& each : wrong) texts.emplace_back(each.second);
  return {wrong.front().first, fmt::format("{}", fmt::join(texts, "; "))};
}

}  // namespace edge_rollup::serve
