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
#include "observe/upkeep_report.hpp"
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

/// What rounds take from the configuration.
struct round_settings {
  poll::poll_options poll;
  model::record_kind record_kind = model::record_kind::level;
  model::report_options report;
  std::optional<std::string> gateway;  ///< empty: the name that is kept
};

/// What the pipeline works with; everything outlives it.
struct pipeline_parts {
  runtime::clock& time;
  runtime::entropy& chance;
  observe::log& messages;
  telemetry& numbers;
  poll::poller& nodes;
  outbox::outbox* store = nullptr;                   ///< none in a dry run
  std::function<void(model::round_trigger)> stored;  ///< called after the rollup of a round was stored
  std::function<void(finished_round)> ended = {};    ///< takes each round that `run_rounds` has ended; may be empty
};

/// Operation:    `run_rounds` runs rounds on the clock until `stop`, or as many as were asked for.
///               A new fleet and new settings are taken over between rounds: `change_nodes` and `change_settings` are
///               for the next one. While it is not known which nodes there are, no round begins.
/// Concurrency:  loop thread only. A round is over when its rollup is on disk; the next one begins after that.
/// Cancellation: `stop` lets no further round begin; `cut_short` also ends the open one, whose unfinished nodes are
///               then `cancelled` and whose rollup is partial.
class pipeline {
 public:
  /// `nodes` is null where the fleet is not known yet; `kept_gateway` names this box where the settings do not.
  pipeline(pipeline_parts parts, const config::config& settings, node_list nodes, std::string kept_gateway,
           std::filesystem::path state_directory);

  [[nodiscard]] runtime::task<void> run_rounds();
  [[nodiscard]] runtime::task<finished_round> one_round(poll::poll_schedule::start begun);
  void change_nodes(node_list nodes);
  void change_settings(const config::config& settings);
  /// A round begins now, or after the open one, and moves no slot of the clock. Its number, counted from 1; who asks
  /// before it has begun is given the same. Errors: unavailable, where none begins.
  [[nodiscard]] model::result<std::uint64_t> ask_for_round();
  [[nodiscard]] bool knows_nodes() const noexcept { return nodes_ || next_nodes_; }
  /// Those of the round that is open, or was last; null before the first where lists must be read for it.
  [[nodiscard]] const node_list& nodes() const noexcept { return nodes_; }
  /// When the next round begins; empty while one is open, none is due, or rounds run back to back.
  [[nodiscard]] std::optional<model::mono_time> next_start() const noexcept { return next_start_; }
  /// Of the last round; empty before the first.
  [[nodiscard]] const std::optional<model::coverage>& coverage() const noexcept { return coverage_; }
  [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_; }
  [[nodiscard]] std::uint64_t rounds_skipped() const noexcept { return rounds_skipped_; }
  [[nodiscard]] const std::string& gateway() const noexcept {
    return settings_.gateway ? *settings_.gateway : kept_gateway_;
  }
  [[nodiscard]] const std::string& instance() const noexcept { return instance_; }
  [[nodiscard]] model::mono_time began() const noexcept { return began_; }
  void stop() noexcept;
  void cut_short();

 private:
  [[nodiscard]] model::rollup_label label() const;
  runtime::task<void> know_nodes();
  void take_new_nodes();
  void take_new_settings(poll::poll_schedule& schedule);
  void note_skipped(std::uint64_t slots);
  runtime::task<void> keep(finished_round& round);
  runtime::task<void> keep_in_outbox(finished_round& round);
  void tell(const finished_round& round);
  void say_all(const std::vector<observe::log_entry>& lines);

  pipeline_parts parts_;
  round_settings settings_;
  std::optional<round_settings> next_settings_;  ///< empty: nothing new
  std::optional<std::uint64_t> rounds_wanted_;
  node_list nodes_;
  node_list next_nodes_;  ///< null: nothing new
  std::string kept_gateway_;
  std::filesystem::path state_directory_;
  std::string instance_;
  model::mono_time began_;
  std::unique_ptr<runtime::timer> nodes_known_;
  std::unique_ptr<runtime::timer> next_round_;
  aggregate::freshness_memory freshness_;
  observe::node_report report_;
  observe::upkeep_report upkeep_;
  std::uint64_t rounds_ = 0;
  std::uint64_t rounds_skipped_ = 0;
  std::optional<model::mono_time> next_start_;
  std::optional<model::coverage> coverage_;
  bool is_open_ = false;  ///< a round
  bool round_asked_for_ = false;
  bool stopping_ = false;
};

}  // namespace edge_rollup::daemon
