// Takes on new settings while the daemon runs.
#pragma once

#include "config/config.hpp"
#include "daemon/beside/running_daemon.hpp"
#include "daemon/service/service_notify.hpp"
#include "daemon/telemetry.hpp"
#include "model/result.hpp"
#include "model/time.hpp"
#include "observe/log.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/errand.hpp"
#include "runtime/task_scope.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

/// What a reloader works with; everything outlives it.
struct reloader_parts {
  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  observe::log& messages;
  telemetry& numbers;
  const service_notify& service;
  running_daemon& daemon;
  /// Reads the settings as the start did, nodes on the command line included. Called on a thread of its own, which may
  /// outlive the daemon: it owns what it works with, but for static objects.
  std::function<model::result<config::config>()> read;
  /// Called with settings that are in effect, for what the daemon's stages do not know of.
  std::function<void(const config::config&)> taken_on;
  /// Called after each reload, with or without success.
  std::function<void()> ended;
};

/// What came of the last reload.
struct reload_report {
  std::optional<model::wall_time> last;  ///< empty: there was none yet
  std::optional<std::string> error;      ///< why it changed nothing
  std::string changes;                   ///< otherwise what it changed, in one line
  std::uint64_t count = 0;               ///< of those that have ended
};

/// Operation:   settings are read and validated aside; wrong ones change nothing, and all their mistakes are told. What
///              is different is told key by key and handed to the stages. A reload that is asked for during another one
///              follows it, however often it is: the settings read last count.
/// Concurrency: loop thread only, but for the reading.
/// Timeout:     none; no node and no cloud is waited for. A disk that hangs holds up reloads, but not the daemon's end.
/// Cancellation: `stop`.
class reloader {
 public:
  /// `in_effect`: the settings the daemon has started with.
  reloader(reloader_parts parts, config::config in_effect);

  /// For those who do not wait for the end.
  void ask();
  /// Completes with what changed, in one line. Errors: those of reading the settings, with every mistake, and of
  /// running_daemon::take_on.
  [[nodiscard]] runtime::task<model::result<std::string>> reload();

  /// The daemon ends: a reload under way is abandoned, and no other begins.
  void stop() noexcept { reading_.abandon(); }
  /// Whether the thread of an abandoned reload may be reading still: see runtime::errand.
  [[nodiscard]] bool left_thread() const noexcept { return reading_.left_thread(); }

  [[nodiscard]] const reload_report& report() const noexcept { return report_; }
  [[nodiscard]] const config::config& in_effect() const noexcept { return in_effect_; }

 private:
  runtime::task<void> run_passes();
  runtime::task<void> pass();
  void end_pass(model::result<config::config> next);
  [[nodiscard]] model::result<std::string> take_on(config::config next);
  void tell_refusal(const model::error& why);

  reloader_parts parts_;
  config::config in_effect_;
  reload_report report_;
  model::result<std::string> outcome_;  ///< of the last pass
  std::uint64_t asked_for_ = 0;
  std::uint64_t done_ = 0;  ///< so many of them
  bool busy_ = false;
  std::vector<runtime::timer*> waiting_;
  runtime::errand<model::result<config::config>> reading_;  ///< 100 000 nodes take a second
  runtime::task_scope passes_;
};

}  // namespace edge_rollup::daemon
