// What every node gave to the newest rollups, exactly, packed into a bounded room.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::serve {

/// A node's part in a rollup.
struct node_part {
  struct success {
    std::uint64_t records = 0;
    double quality = 0;
    model::freshness age = model::freshness::unknown;

    friend bool operator==(const success&, const success&) = default;
  };
  struct error {
    model::failure_kind kind = model::failure_kind::connect;
    std::string_view message;  ///< as in the rollup

    friend bool operator==(const error&, const error&) = default;
  };

  std::string_view name;
  std::expected<success, error> gave;

  friend bool operator==(const node_part&, const node_part&) = default;
};

/// Operation:   a dozen bytes a node that is ok, and its message for each other one; names stand once for each list of
///              nodes. The oldest rollups make room for new ones.
/// Concurrency: a value.
/// Limits:      `most_bytes`; a rollup that is larger by itself is not kept.
class round_archive {
 public:
  static constexpr std::size_t most_bytes = 1536 * 1024;
  static constexpr std::size_t most_rollups = 100;

  /// `outcomes` and `freshness` stand for the nodes of `nodes`, in their order.
  void keep(std::uint64_t sequence, const model::node_list& nodes, std::span<const model::poll_outcome> outcomes,
            std::span<const model::freshness> freshness);

  /// In configured order, valid until the next `keep`; empty where the rollup is not kept.
  [[nodiscard]] std::optional<std::vector<node_part>> find(std::uint64_t sequence) const;

  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct packed_rollup {
    std::uint64_t sequence = 0;
    std::shared_ptr<const std::string> names;  ///< each with a line feed after it
    std::string parts;
  };

  void know_names_of(const model::node_list& nodes);

  model::node_list nodes_;
  std::shared_ptr<const std::string> names_;  ///< of `nodes_`
  std::deque<packed_rollup> newest_first_;
};

}  // namespace edge_rollup::serve
