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

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

using model::node_list;

/// A round from its outcomes to the body that was made of it.
struct finished_round {
  node_list nodes;  ///< that were asked
  std::vector<model::poll_outcome> outcomes;
  model::rollup rollup;
  model::rollup_label label;  ///< as it was when the nodes had answered; completed when it is kept
  model::report_options report;
  std::optional<model::identity> identity;  ///< empty in a dry run
  std::string body;                         ///< of a round that was run by itself
  model::result<void> kept;
};

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
  std::function<void(finished_round)> ended = {};    ///< takes each round that `keep_rounds` has ended; may be empty
};

/// Operation:    `run_rounds` asks the nodes on the clock until `stop`, or as often as was asked for; `keep_rounds`,
///               beside it, brings what came to the disk, in order, until there is no more of it.
///               A new fleet and new settings are taken over between rounds: `change_nodes` and `change_settings` are
///               for the next one. While it is not known which nodes there are, no round begins.
/// Concurrency:  loop thread only. A round is over when its rollup is on disk. The next one begins meanwhile, so that a
///               disk that is slow now and then moves none.
/// Limits:       `most_unkept` rounds that are asked and not over; slots that pass while there are so many are skipped.
/// Cancellation: `stop` lets no further round begin; `cut_short` also ends the open one, whose unfinished nodes are
///               then `cancelled` and whose rollup is partial.
class pipeline {
 public:
  static constexpr std::size_t most_unkept = 4;

  /// `nodes` is null where the fleet is not known yet; `kept_gateway` names this box where the settings do not.
  pipeline(pipeline_parts parts, const config::config& settings, node_list nodes, std::string kept_gateway,
           std::filesystem::path state_directory);

  [[nodiscard]] runtime::task<void> run_rounds();
  [[nodiscard]] runtime::task<void> keep_rounds();
  /// For who runs no others.
  [[nodiscard]] runtime::task<finished_round> one_round(poll::poll_schedule::start begun);
  void change_nodes(node_list nodes);
  void change_settings(const config::config& settings);
  /// A round begins now, or after the open one, and moves no slot of the clock. Its number, counted from 1; who asks
  /// before it has begun is given the same. Errors: unavailable, where none begins.
  [[nodiscard]] model::result<std::uint64_t> ask_for_round();
  [[nodiscard]] bool knows_nodes() const noexcept { return nodes_ || next_nodes_; }
  /// Those of the round that is open, or was last; null before the first where lists must be read for it.
  [[nodiscard]] const node_list& nodes() const noexcept { return nodes_; }
  /// A round that waits for its slot of the clock.
  struct planned_round {
    model::mono_time start;
    model::wall_time slot;  ///< of `start`, unless the wall clock was set since
  };
  /// Empty while a round is open, none is due, or rounds run back to back.
  [[nodiscard]] const std::optional<planned_round>& next_round() const noexcept { return planned_; }
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
  /// A body is as large as all nodes say together: rounds that follow one another leave it to the outbox alone.
  enum class body_use { stored, stored_and_shown };

  [[nodiscard]] model::rollup_label label() const;
  runtime::task<void> know_nodes();
  void take_new_nodes();
  void take_new_settings(poll::poll_schedule& schedule);
  void note_skipped(std::uint64_t slots, const char* why);
  runtime::task<finished_round> ask(poll::poll_schedule::start begun);
  void end(const finished_round& round);
  runtime::task<void> keep(finished_round& round, body_use use);
  runtime::task<void> keep_in_outbox(finished_round& round, body_use use);
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
  std::deque<finished_round> unkept_;  ///< the first is on its way to the disk
  std::unique_ptr<runtime::timer> asked_;
  std::unique_ptr<runtime::timer> kept_;
  aggregate::freshness_memory freshness_;
  observe::node_report report_;
  observe::upkeep_report upkeep_;
  std::uint64_t begun_ = 0;
  std::uint64_t rounds_ = 0;  ///< that are over
  std::uint64_t rounds_skipped_ = 0;
  std::optional<planned_round> planned_;
  std::optional<model::coverage> coverage_;
  bool round_asked_for_ = false;
  bool stopping_ = false;
  bool all_asked_ = false;  ///< no further round begins
};

}  // namespace edge_rollup::daemon
