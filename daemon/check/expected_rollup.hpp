// The rollup that a set-up leads to where every node answers: to reckon with its size, where none was asked. Pure.
#pragma once

#include "config/config.hpp"
#include "model/node.hpp"
#include "model/time.hpp"

#include <span>
#include <string>

namespace edge_rollup::daemon {

/// Its body. What nodes say in it is made up, of usual length, and differs from node to node as in life.
[[nodiscard]] std::string expected_rollup(const config::config& settings, const std::string& gateway,
                                          std::span<const model::node> nodes, model::wall_time now);

}  // namespace edge_rollup::daemon
