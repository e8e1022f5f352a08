// The stages that `run` and `once` are built of, wired up and ready to start, in surroundings that are given.
#pragma once

#include "config/changes.hpp"
#include "config/config.hpp"
#include "daemon/check/cloud_way.hpp"
#include "daemon/followed_lists.hpp"
#include "daemon/pipeline.hpp"
#include "daemon/surroundings.hpp"
#include "daemon/telemetry.hpp"
#include "deliver/deliverer.hpp"
#include "fleet/fleet_watch.hpp"
#include "observe/metrics.hpp"
#include "poll/poller.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace edge_rollup::daemon {

/// From one configuration to the next.
struct settings_change {
  const config::config& before;
  const config::config& after;
  std::vector<config::change> keys;
};

/// Operation:   members are built in order and go in the reverse order.
/// Concurrency: the thread that runs the loop.
struct stages {
  stages(const config::config& settings, const surroundings& around, storage kept);
  stages(const stages&) = delete;  // the stages know each other by address
  stages& operator=(const stages&) = delete;

  /// Reads the files that peers are reached with, so that what is wrong with them is told before the first round.
  [[nodiscard]] model::result<void> prepare();

  /// Other settings from now on: rounds from the next one on, delivery from the next try. What they do not touch stays
  /// as it is: connections, breakers, history. Does not wait, except for small files. Errors: those of `prepare`;
  /// nothing is changed then.
  [[nodiscard]] model::result<void> take_on(const settings_change& change);

  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  net::network& network;
  observe::metrics registry;
  telemetry numbers;
  std::shared_ptr<fleet::fleet_watch> lists;  ///< null where there are no lists to follow
  poll::poller nodes;
  pipeline rounds;
  model::milliseconds spread{0};  ///< of the first offer of a round on the clock
  std::optional<deliver::deliverer> delivery;
  std::function<void()> changed;                                ///< called after each round and each try; may be empty
  std::function<void(finished_round)> round_ended;              ///< takes each round that is over; may be empty
  std::function<void(const deliver::delivery_try&)> try_ended;  ///< told of each try that has its verdict; may be empty

 private:
  /// What a reload builds before it changes anything.
  struct new_parts {
    std::shared_ptr<cloud_way> cloud;       ///< null: the one in use stays
    node_list nodes;                        ///< null: they stay, or lists will name them
    std::shared_ptr<followed_lists> lists;  ///< null: those in use stay, or there are none any more
    bool other_fleet = false;
  };

  stages(const config::config& settings, const surroundings& around, storage kept, const node_list& known_nodes);
  [[nodiscard]] std::shared_ptr<followed_lists> lists_of(const fleet::fleet_options& options, node_list known);
  [[nodiscard]] model::result<new_parts> build_aside(const settings_change& change);
  [[nodiscard]] model::result<void> check_reach(const std::vector<model::node>& asked);
  void follow(std::shared_ptr<followed_lists> wanted);
  [[nodiscard]] model::milliseconds spread_of(const config::config& settings) const;
  void put_in_place(new_parts parts, const config::config& settings);
  void tell_changes(const std::vector<model::node>& fleet);

  surroundings around_;
  storage kept_;
  std::shared_ptr<followed_lists> followed_;  ///< what `lists` is a part of
  std::shared_ptr<cloud_way> cloud_;
};

}  // namespace edge_rollup::daemon
