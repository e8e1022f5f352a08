// What a person asked for, as far as it was said, and how it becomes a config.
#pragma once

#include "config/config.hpp"
#include "model/result.hpp"
#include "model/time.hpp"
#include "model/url.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::config {

inline constexpr std::size_t max_nodes = 200'000;
inline constexpr std::size_t max_parallel = 100'000;
/// Shortest interval on the clock; zero, which runs rounds back to back, is apart from that.
inline constexpr model::milliseconds min_interval{100};

enum class node_origin { argument, file };

/// A node as it stands in a list.
struct node_setting {
  model::url url;
  std::optional<std::string> path;  ///< in place of poll.path
  std::vector<std::pair<std::string, std::string>> labels;
  std::string place;  ///< where a person finds it: "argument 2", "nodes.txt:7"
  node_origin origin = node_origin::argument;
};

struct settings {
  std::vector<node_setting> nodes;
  std::optional<model::url> cloud;
  std::optional<model::milliseconds> interval;
  std::optional<model::milliseconds> timeout;
  std::optional<std::size_t> parallel;
  std::optional<std::uint64_t> rounds;
};

/// Fills in the defaults and checks what only shows in the whole. Errors are of kind usage; the same node twice names
/// both places.
[[nodiscard]] model::result<config> make_config(settings asked);

}  // namespace edge_rollup::config
