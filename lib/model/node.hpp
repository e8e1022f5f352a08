// One edge endpoint that is asked for its summary, with every per-node setting resolved.
#pragma once

#include "model/credentials.hpp"
#include "model/says_the_same.hpp"
#include "model/time.hpp"
#include "model/tls_options.hpp"
#include "model/url.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::model {

struct node {
  std::string name;  ///< the cloud's key: unique, 1..128 of [A-Za-z0-9._:/\[\]-]
  std::string url;   ///< the normalised URL as text: what makes two nodes the same, and the rollup's `node_url`
  model::url base;   ///< where to connect, and the base path
  std::string path;  ///< what is appended to the base path, e.g. "/data/summary"
  std::vector<std::pair<std::string, std::string>> labels;  ///< in the order configured
  milliseconds timeout{5'000};                              ///< of one poll, name lookup included
  milliseconds max_age{900'000};                            ///< older `last_updated` means stale
  std::shared_ptr<const credentials> auth;                  ///< null: none; shared by nodes that are configured alike
  std::shared_ptr<const tls_options> tls;                   ///< null: the system's authorities, no client certificate

  friend bool operator==(const node& a, const node& b) {
    return a.name == b.name && a.url == b.url && a.base == b.base && a.path == b.path && a.labels == b.labels &&
           a.timeout == b.timeout && a.max_age == b.max_age && says_the_same(a.auth, b.auth) &&
           says_the_same(a.tls, b.tls);
  }
};

/// The nodes of a round, in the order of the rollup. Shared by all who work on it, hence never changed.
using node_list = std::shared_ptr<const std::vector<node>>;

}  // namespace edge_rollup::model
