// The last polls of every node: a column of marks for each round.
#pragma once

#include "model/node.hpp"
#include "model/time.hpp"
#include "serve/poll_mark.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::serve {

/// Operation:   takes a column over as it is. Where there are other nodes than before, the columns are put into their
///              order: a node of the same URL is the same node, and keeps its polls.
/// Concurrency: a value.
/// Limits:      `most_rounds`, and no more than `most_bytes`: fewer rounds for more than ten thousand nodes.
class poll_columns {
 public:
  static constexpr std::size_t most_rounds = 200;
  static constexpr std::size_t most_bytes = 4 * 1024 * 1024;

  /// `marks` stand for the nodes of `nodes`, in their order.
  void round_ended(const model::node_list& nodes, std::vector<poll_mark> marks, model::wall_time at);

  /// Polls of one node, the newest first; none of one that is not known.
  [[nodiscard]] std::string to_json(std::string_view name) const;

  /// Of all columns together.
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct column {
    model::wall_time at;
    std::vector<poll_mark> marks;
  };

  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;
  void change_nodes(const model::node_list& nodes);

  model::node_list nodes_;
  std::deque<column> newest_first_;
};

}  // namespace edge_rollup::serve
