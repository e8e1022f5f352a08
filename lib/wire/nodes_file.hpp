// Reads lists of nodes: one URL a line, or JSON in the form of Prometheus' file_sd.
#pragma once

#include "model/result.hpp"
#include "model/url.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::wire {

inline constexpr std::size_t max_listed_nodes = 200'000;
inline constexpr std::size_t max_reported_lines = 20;  ///< errors told of one file; the rest is counted

struct listed_node {
  model::url url;
  std::optional<std::string> path;  ///< from `__metrics_path__`: goes before the configured poll.path
  std::vector<std::pair<std::string, std::string>> labels;
  std::size_t line = 0;  ///< where in the file, from 1

  friend bool operator==(const listed_node&, const listed_node&) = default;
};

/// Reads a whole file. Text that begins with '[' is JSON, `[{"targets": ["host:port" or a URL], "labels": {...}}]`:
/// `__scheme__` and `__metrics_path__` apply to the group's targets, other labels beginning with "__" are not passed
/// on. Anything else is one URL a line, where '#' at the start or after a blank begins a comment. A byte order mark and
/// CRLF are tolerated. The same node twice is no error here.
/// Fails with error_kind::bad_data; its text has one line for each mistake, `NAME:LINE: what is wrong and how to mend
/// it`, up to max_reported_lines of them. JSON that cannot be read at all, more than max_listed_nodes, or labels that
/// would take more than 256 MiB, is one mistake.
[[nodiscard]] model::result<std::vector<listed_node>> parse_nodes_file(std::string_view text, std::string_view name);

}  // namespace edge_rollup::wire
