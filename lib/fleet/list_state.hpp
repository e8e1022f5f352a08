// What becomes of one list when it is read again: it is taken over, or the last good one stays.
#pragma once

#include "fleet/fleet_options.hpp"
#include "model/result.hpp"
#include "model/time.hpp"
#include "observe/log_entry.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::fleet {

/// A list as it was read, or why it could not be.
using list_reading = model::result<std::vector<node_setting>>;

/// A list that was kept from an earlier run, and when it was good.
struct kept_list {
  std::vector<node_setting> nodes;
  model::wall_time read_at;
};

/// Operation:   `take` decides over a reading and gives what there is to say. A list that cannot be read or, unless
///              allowed, names no node changes nothing: the last good one stays, and so much is said once for each new
///              reason. `fall_back` takes over a kept list where there is no good one yet.
/// Concurrency: one thread. Limits: one list of nodes.
class list_state {
 public:
  list_state(std::string name, empty_list empty) : name_(std::move(name)), empty_(empty) {}
  /// Begins with nodes that were read already.
  list_state(std::string name, node_listing nodes) : name_(std::move(name)), nodes_(std::move(nodes)), is_good_(true) {}

  std::optional<observe::log_entry> take(list_reading came);
  observe::log_entry fall_back(kept_list kept, model::wall_time now);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::vector<node_setting>& nodes() const noexcept { return *nodes_; }
  /// The last reading was taken over.
  [[nodiscard]] bool is_good() const noexcept { return is_good_; }
  /// There is a list to go by, though it may be an old one.
  [[nodiscard]] bool is_known() const noexcept { return is_good_ || !nodes_->empty(); }
  [[nodiscard]] empty_list empty() const noexcept { return empty_; }

 private:
  std::string name_;
  empty_list empty_ = empty_list::refused;
  node_listing nodes_ = std::make_shared<const std::vector<node_setting>>();
  bool is_good_ = false;
  std::string told_;  ///< the reason given last, while it lasts
};

}  // namespace edge_rollup::fleet
