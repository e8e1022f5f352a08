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

}  // namespace

void node_board::round_ended(model::node_list nodes, std::vector<model::poll_outcome> outcomes,
                             std::vector<model::freshness> freshness, model::wall_time now) {
  if (nodes != nodes_) take_over(nodes);
  nodes_ = std::move(nodes);
  outcomes_ = std::move(outcomes);
  freshness_ = std::move(freshness);
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    auto& known = histories_[i];
    const auto state = state_after(outcomes_[i], known.state);
    if (state != std::exchange(known.state, state)) known.since = now;
    if (outcomes_[i].ok()) known.last_success = now;
  }
}

/// What is known of the nodes that stay.
void node_board::take_over(const model::node_list& nodes) {
  std::unordered_map<std::string_view, const history*> known;
  for (std::size_t i = 0; i < histories_.size(); ++i) known.emplace((*nodes_)[i].url, &histories_[i]);
  std::vector<history> kept(nodes->size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (const auto found = known.find((*nodes)[i].url); found != known.end()) kept[i] = *found->second;
  }
  histories_ = std::move(kept);
}

node_view node_board::at(std::size_t index) const {
  const auto& known = histories_[index];
  return {(*nodes_)[index], outcomes_[index], known.state, freshness_[index], known.since, known.last_success};
}

std::optional<std::size_t> node_board::find(std::string_view name) const noexcept {
  if (!nodes_) return std::nullopt;
  const auto found = std::ranges::find(*nodes_, name, &model::node::name);
  if (found == nodes_->end()) return std::nullopt;
  return static_cast<std::size_t>(found - nodes_->begin());
}

}  // namespace edge_rollup::serve
