// Which nodes there are: those that are named one by one, and the lists that name more of them while the daemon runs.
#pragma once

#include "model/credentials.hpp"
#include "model/time.hpp"
#include "model/tls_options.hpp"
#include "model/url.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::fleet {

inline constexpr std::size_t max_nodes = 200'000;

/// What a node has where its entry says nothing else.
struct node_defaults {
  std::string path = "/data/summary";  ///< `poll.path`
  model::milliseconds timeout{5'000};
  model::milliseconds max_age{900'000};
  std::shared_ptr<const model::credentials> auth;  ///< null: none
  std::shared_ptr<const model::tls_options> tls;   ///< null: the system's authorities, no client certificate
};

/// Who wrote a node down: the sort of mistake it is if the entry is wrong.
enum class node_origin { argument, file, config };

/// A node as it stands in a list; what is empty falls back to node_defaults.
struct node_setting {
  model::url url;
  std::optional<std::string> name;
  std::optional<std::string> path;
  std::vector<std::pair<std::string, std::string>> labels;
  std::optional<model::milliseconds> timeout;
  std::optional<model::milliseconds> max_age;
  std::shared_ptr<const model::credentials> auth;
  std::shared_ptr<const model::tls_options> tls;
  std::string place;  ///< where a person finds it: "argument 2", "nodes.txt:7", "edge-rollup.yaml:3:5"
  node_origin origin = node_origin::argument;
};

/// A file that was named one by one (`--nodes`): read once when the settings were, and watched from then on.
struct named_file {
  std::string path;
  std::vector<node_setting> nodes;  ///< as first read
};

enum class empty_list { refused, allowed };

/// A list in http_sd form that a server keeps.
struct http_list {
  model::url url;
  model::milliseconds refresh{60'000};
  empty_list empty = empty_list::refused;

  friend bool operator==(const http_list&, const http_list&) = default;
};

struct fleet_options {
  std::vector<node_setting> fixed;  ///< in the order configured
  std::vector<named_file> named_files;
  std::vector<std::string> node_files;  ///< paths or globs of lists that are watched
  std::optional<http_list> node_http;
  node_defaults defaults;

  /// Whether there are lists that are only read once the daemon runs.
  [[nodiscard]] bool has_lists() const noexcept { return !node_files.empty() || node_http.has_value(); }
};

}  // namespace edge_rollup::fleet
