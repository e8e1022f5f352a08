// Which nodes there are: those that are named one by one, and the lists that name more of them while the daemon runs.
#pragma once

#include "model/credentials.hpp"
#include "model/says_the_same.hpp"
#include "model/time.hpp"
#include "model/tls_options.hpp"
#include "model/url.hpp"

#include <cstddef>
#include <cstdint>
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

  friend bool operator==(const node_defaults& a, const node_defaults& b) {
    return a.path == b.path && a.timeout == b.timeout && a.max_age == b.max_age &&
           model::says_the_same(a.auth, b.auth) && model::says_the_same(a.tls, b.tls);
  }
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

  /// Where a node stands is not a part of it.
  friend bool operator==(const node_setting& a, const node_setting& b) {
    return a.url == b.url && a.name == b.name && a.path == b.path && a.labels == b.labels && a.timeout == b.timeout &&
           a.max_age == b.max_age && model::says_the_same(a.auth, b.auth) && model::says_the_same(a.tls, b.tls);
  }
};

/// The nodes of a list as it was read. Never changed, so that all copies of the settings share them: with many nodes
/// they are nearly all that settings are.
using node_listing = std::shared_ptr<const std::vector<node_setting>>;

/// A file that was named one by one (`--nodes`): read once when the settings were, and watched from then on.
struct named_file {
  std::string path;
  node_listing nodes;                                       ///< as first read
  std::optional<std::uint64_t> fingerprint = std::nullopt;  ///< of the text read then; empty: it is read again

  friend bool operator==(const named_file& a, const named_file& b) {
    return a.path == b.path && model::says_the_same(a.nodes, b.nodes);
  }
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

  friend bool operator==(const fleet_options&, const fleet_options&) = default;
};

}  // namespace edge_rollup::fleet
