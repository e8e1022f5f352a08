// How every node left the last round, and since when it has been so.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "model/time.hpp"
#include "serve/shown_state.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::serve {

enum class node_state { ok, failed, skipped, unknown };

inline constexpr std::array node_state_names = {std::string_view{"ok"}, std::string_view{"failed"},
                                                std::string_view{"skipped"}, std::string_view{"unknown"}};

[[nodiscard]] constexpr std::string_view to_string(node_state state) noexcept {
  return node_state_names[static_cast<std::size_t>(state)];
}

/// One node as it stands on the board, which the references are into until the next round ends.
struct node_view {
  const model::node& node;
  const model::poll_outcome& outcome;
  node_state state = node_state::unknown;
  model::freshness freshness = model::freshness::unknown;  ///< of an ok node
  /// The end of the first round that left it as well or unwell as it is: ok, with old data, or failed or skipped.
  std::optional<model::wall_time> since;
  std::optional<model::wall_time> last_success;  ///< the end of the last round in which it was ok
};

/// A node that a round left otherwise than it was.
struct node_change {
  std::size_t index = 0;
  shown_state was = shown_state::unknown;
  shown_state is = shown_state::unknown;

  friend bool operator==(const node_change&, const node_change&) = default;
};

struct round_changes {
  static constexpr std::size_t most_told = 50;

  std::vector<node_change> told;  ///< the first of them, in the order of the board
  std::uint64_t total = 0;
};

/// Operation:   takes a round over without copying it, and remembers of each node when its state began. A node of the
///              same URL is the same node; one that is no longer in the list is forgotten. Outcomes that say nothing of
///              a node (cancelled) leave it in the state it had.
/// Concurrency: a value. A copy costs next to nothing and may be read on another thread: what stands on a board is
///              never changed, but replaced.
class node_board {
 public:
  /// Before the first round: these are the nodes, and nothing is known of them. Null: none is known.
  void expect(model::node_list nodes);
  /// `freshness` and `outcomes` stand for the nodes of `nodes`, in their order.
  void round_ended(model::node_list nodes, std::vector<model::poll_outcome> outcomes,
                   std::vector<model::freshness> freshness, model::wall_time now);

  [[nodiscard]] std::size_t size() const noexcept { return now_->outcomes.size(); }
  /// One for each node, in their order.
  [[nodiscard]] std::string_view letters() const noexcept { return now_->letters; }
  [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_; }  ///< that it has taken over
  [[nodiscard]] std::uint64_t list() const noexcept { return list_; }      ///< counts the lists of nodes it has had
  /// What the last round has changed.
  [[nodiscard]] const round_changes& changes() const noexcept { return now_->changes; }
  [[nodiscard]] node_view at(std::size_t index) const;
  /// Empty where no node has that name.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;

 private:
  struct history {
    node_state state = node_state::unknown;
    shown_state shown = shown_state::unknown;
    std::optional<model::wall_time> since;
    std::optional<model::wall_time> last_success;
  };

  struct standing {
    model::node_list nodes;
    std::vector<model::poll_outcome> outcomes;
    std::vector<model::freshness> freshness;
    std::vector<history> histories;
    std::string letters;
    round_changes changes;
  };

  void count_list(const model::node_list& nodes) noexcept;
  [[nodiscard]] std::vector<history> histories_of(const model::node_list& nodes) const;

  std::uint64_t rounds_ = 0;
  std::uint64_t list_ = 0;
  std::shared_ptr<const standing> now_ = std::make_shared<const standing>();
};

}  // namespace edge_rollup::serve
