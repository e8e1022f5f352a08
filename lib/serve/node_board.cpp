#include "serve/node_board.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace edge_rollup::serve {
namespace {

node_state state_after(const model::poll_outcome& outcome, node_state before) {
  if (outcome.ok()) return node_state::ok;
  switch (outcome.answer.error().kind) {
    case model::failure_kind::cancelled: return before;
    case model::failure_kind::skipped: return node_state::skipped;
    default: return node_state::failed;
  }
}

/// Outcomes that say nothing of a node leave it as it was shown.
shown_state shown_after(node_state state, const model::poll_outcome& outcome, model::freshness age,
                        shown_state before) {
  switch (state) {
    case node_state::failed: return shown_state::failed;
    case node_state::skipped: return shown_state::skipped;
    case node_state::unknown: return shown_state::unknown;
    case node_state::ok: break;
  }
  if (!outcome.ok()) return before;
  return age == model::freshness::stale ? shown_state::stale : shown_state::ok;
}

/// Whether a node that is shown otherwise than it was is still as well or unwell: one that is skipped keeps failing.
bool is_as_well_as(shown_state is, shown_state was) {
  const auto does_not_answer = [](shown_state each) {
    return each == shown_state::failed || each == shown_state::skipped;
  };
  return is == was || (does_not_answer(is) && does_not_answer(was));
}

}  // namespace

void node_board::expect(model::node_list nodes) {
  if (!nodes) return;
  count_list(nodes);
  standing next;
  next.outcomes.resize(nodes->size());
  next.freshness.resize(nodes->size(), model::freshness::unknown);
  next.histories = histories_of(nodes);
  next.letters.assign(nodes->size(), letter_of(shown_state::unknown));
  next.nodes = std::move(nodes);
  now_ = std::make_shared<const standing>(std::move(next));
}

void node_board::round_ended(model::node_list nodes, std::vector<model::poll_outcome> outcomes,
                             std::vector<model::freshness> freshness, model::wall_time now) {
  count_list(nodes);
  ++rounds_;
  standing next;
  next.histories = nodes == now_->nodes ? now_->histories : histories_of(nodes);
  next.nodes = std::move(nodes);
  next.outcomes = std::move(outcomes);
  next.freshness = std::move(freshness);
  next.letters.reserve(next.outcomes.size());
  for (std::size_t i = 0; i < next.outcomes.size(); ++i) {
    auto& known = next.histories[i];
    known.state = state_after(next.outcomes[i], known.state);
    if (next.outcomes[i].ok()) known.last_success = now;
    const auto shown = shown_after(known.state, next.outcomes[i], next.freshness[i], known.shown);
    const auto was = std::exchange(known.shown, shown);
    next.letters += letter_of(shown);
    if (!is_as_well_as(shown, was)) known.since = now;
    if (shown == was) continue;
    if (next.changes.told.size() < round_changes::most_told) next.changes.told.push_back({i, was, shown});
    ++next.changes.total;
  }
  now_ = std::make_shared<const standing>(std::move(next));
}

void node_board::count_list(const model::node_list& nodes) noexcept {
  if (nodes != now_->nodes) ++list_;
}

/// What is known of the nodes that stay.
std::vector<node_board::history> node_board::histories_of(const model::node_list& nodes) const {
  std::unordered_map<std::string_view, const history*> known;
  for (std::size_t i = 0; i < now_->histories.size(); ++i) {
    known.emplace((*now_->nodes)[i].url, &now_->histories[i]);
  }
  std::vector<history> kept(nodes->size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (const auto found = known.find((*nodes)[i].url); found != known.end()) kept[i] = *found->second;
  }
  return kept;
}

node_view node_board::at(std::size_t index) const {
  const auto& known = now_->histories[index];
  return {(*now_->nodes)[index],  now_->outcomes[index], known.state,
          now_->freshness[index], known.since,           known.last_success};
}

std::optional<std::size_t> node_board::find(std::string_view name) const noexcept {
  if (!now_->nodes) return std::nullopt;
  const auto& nodes = *now_->nodes;
  const auto found = std::ranges::find(nodes, name, &model::node::name);
  if (found == nodes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - nodes.begin());
}

}  // namespace edge_rollup::serve
