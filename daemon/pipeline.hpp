// Where the stages meet: ask all nodes, add the answers up, keep the rollup, tell delivery.
#pragma once

#include "aggregate/freshness.hpp"
#include "config/config.hpp"
#include "daemon/telemetry.hpp"
#include "model/node.hpp"
#include "model/result.hpp"
#include "model/round.hpp"
#include "observe/log.hpp"
#include "observe/node_report.hpp"
#include "outbox/outbox.hpp"
#include "poll/poll_schedule.hpp"
#include "poll/poller.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

/// A round from its outcomes to the body that was made of it.
struct finished_round {
  model::rollup rollup;
  std::vector<model::poll_outcome> outcomes;
  std::optional<model::identity> identity;  ///< empty in a dry run
  std::string body;
  model::result<void> kept;
};

using model::node_list;

/// What the pipeline works with; everything outlives it.
struct pipeline_parts {
  runtime::clock& time;
  runtime::entropy& chance;
  observe::log& messages;
  telemetry& numbers;
  poll::poller& nodes;
  outbox::outbox* store = nullptr;                   ///< none in a dry run
  std::function<void(model::round_trigger)> stored;  ///< called after the rollup of a round was stored
};

/// Operation:    `run_rounds` runs rounds on the clock until `stop`, or as many as were asked for.
///               A new fleet is taken over between rounds: `change_nodes` is for the next one. While it is not known
///               which nodes there are, no round begins.
/// Concurrency:  loop thread only. A round is over when its rollup is on disk; the next one begins after that.
/// Cancellation: `stop` lets no further round begin; `cut_short` also ends the open one, whose unfinished nodes are
///               then `cancelled` and whose rollup is partial.
class pipeline {
 public:
  /// `nodes` is null where the fleet is not known yet.
  pipeline(pipeline_parts parts, const config::config& settings, node_list nodes, std::string gateway,
           std::filesystem::path state_directory);

  [[nodiscard]] runtime::task<void> run_rounds();
  [[nodiscard]] runtime::task<finished_round> one_round(poll::poll_schedule::start begun);
  void change_nodes(node_list nodes);
  [[nodiscard]] bool knows_nodes() const noexcept { return nodes_ || next_nodes_; }
  /// Those of the round that is open, or was last; null before the first where lists must be read for it.
  [[nodiscard]] const node_list& nodes() const noexcept { return nodes_; }
  void stop() noexcept;
  void cut_short();

 private:
  [[nodiscard]] model::rollup_label label() const;
  runtime::task<void> know_nodes();
  void take_new_nodes();
  runtime::task<void> keep(finished_round& round);
  void tell(const finished_round& round);

  pipeline_parts parts_;
  model::milliseconds interval_;
  model::record_kind record_kind_;
  model::report_options report_options_;
  std::optional<std::uint64_t> rounds_wanted_;
  node_list nodes_;
  node_list next_nodes_;  ///< null: nothing new
  std::string gateway_;
  std::filesystem::path state_directory_;
  std::string instance_;
  model::mono_time began_;
  std::unique_ptr<runtime::timer> nodes_known_;
  std::unique_ptr<runtime::timer> next_round_;
  aggregate::freshness_memory freshness_;
  observe::node_report report_;
  std::uint64_t rounds_ = 0;
  std::uint64_t rounds_skipped_ = 0;
  bool stopping_ = false;
};

}  // namespace edge_rollup::daemon
