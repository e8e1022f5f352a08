// The lists of nodes that one configuration names, and the connection to the server of one of them.
#pragma once

#include "daemon/surroundings.hpp"
#include "fleet/fleet_options.hpp"
#include "fleet/fleet_watch.hpp"
#include "model/result.hpp"
#include "net/http_connection.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace edge_rollup::daemon {

/// Concurrency: loop thread only. A reload puts others in their place; who runs the watch keeps them until it has
///              ended.
class followed_lists {
 public:
  using listener = std::function<void(const fleet::fleet_news&)>;

  /// Whether there is anything to follow: what is fixed, or can be read only once, does not change.
  [[nodiscard]] static bool are_needed(const fleet::fleet_options& options);

  /// `known`: see fleet::node_lists.
  followed_lists(const fleet::fleet_options& options, fleet::node_list known, const surroundings& around,
                 const storage& kept, listener told);

  /// Reads what the server of the list and the nodes that lists name are reached with: which nodes those are is not
  /// known yet.
  [[nodiscard]] model::result<void> prepare(net::network& network);

  /// The watch, which keeps the whole.
  [[nodiscard]] static std::shared_ptr<fleet::fleet_watch> watch_of(std::shared_ptr<followed_lists> lists);

 private:
  fleet::node_defaults listed_nodes_;  ///< nothing where no list is still to be read
  std::optional<model::url> url_;
  net::http_connection server_;
  fleet::fleet_watch watch_;
};

}  // namespace edge_rollup::daemon
