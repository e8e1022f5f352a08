// Nodes and outcomes for what is served of them.
#pragma once

#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

[[nodiscard]] inline model::wall_time at_second(int number) {
  return model::oldest_plausible_time + model::seconds(number);
}

/// Each at http://NAME.
[[nodiscard]] inline model::node_list nodes_named(const std::vector<std::string>& names) {
  std::vector<model::node> made;
  for (const auto& name : names) {
    auto& node = made.emplace_back();
    node.name = name;
    node.url = "http://" + name;
  }
  return std::make_shared<const std::vector<model::node>>(std::move(made));
}

[[nodiscard]] inline model::poll_outcome ok(std::uint64_t records, double quality) {
  return {model::summary{records, quality, std::nullopt, std::nullopt}, model::milliseconds(5)};
}

[[nodiscard]] inline model::poll_outcome failed(model::failure_kind kind) {
  const bool was_asked = kind != model::failure_kind::cancelled && kind != model::failure_kind::skipped;
  return {std::unexpected(model::failure{kind, "what went wrong", {}}),
          was_asked ? model::nanoseconds(3'000'000) : model::nanoseconds(0)};
}

}  // namespace edge_rollup::tests
