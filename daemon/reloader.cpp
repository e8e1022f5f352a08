#include "daemon/reloader.hpp"

#include "config/changes.hpp"
#include "model/grouped.hpp"
#include "observe/event.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace edge_rollup::daemon {

using runtime::task;

namespace {

constexpr const char* no_thread = "the system starts no more threads: raise TasksMax= of the service";

}  // namespace

reloader::reloader(reloader_parts parts, config::config in_effect)
    : parts_(std::move(parts)),
      in_effect_(std::move(in_effect)),
      reading_(parts_.loop, parts_.time),
      passes_(parts_.loop, parts_.time) {
  parts_.numbers.settings_taken(parts_.time.wall_now());
}

void reloader::ask() {
  ++asked_for_;
  if (!std::exchange(busy_, true)) passes_.spawn(run_passes());
}

task<model::result<std::string>> reloader::reload() {
  ask();
  const auto mine = asked_for_;
  const auto turn = parts_.time.make_timer();
  while (done_ < mine) {
    waiting_.push_back(turn.get());
    [[maybe_unused]] auto woken = co_await turn->wait_until(runtime::never);
  }
  co_return outcome_;
}

task<void> reloader::run_passes() {
  while (done_ < asked_for_) co_await pass();
  busy_ = false;
}

task<void> reloader::pass() {
  const auto covered = asked_for_;
  parts_.service.reloading(parts_.time.now());
  auto read = parts_.read;
  auto next = co_await reading_.run(std::move(read));
  if (next) {
    end_pass(std::move(*next));
  } else if (next.error() == runtime::errand_failure::no_thread) {
    end_pass(model::fail(model::error_kind::unavailable, no_thread));
  } else {
    outcome_ = model::fail(model::error_kind::unavailable, "the daemon is ending");
  }
  done_ = covered;
  for (auto* const turn : std::exchange(waiting_, {})) turn->cancel();
}

void reloader::end_pass(model::result<config::config> next) {
  outcome_ = next ? take_on(std::move(*next)) : std::unexpected(std::move(next.error()));
  report_.last = parts_.time.wall_now();
  report_.error.reset();
  ++report_.count;
  if (outcome_) {
    report_.changes = *outcome_;
    parts_.numbers.settings_taken(*report_.last);
  } else {
    parts_.numbers.settings_refused();
    report_.error = outcome_.error().text;
    tell_refusal(outcome_.error());
  }
  parts_.ended();
  parts_.service.ready();
}

model::result<std::string> reloader::take_on(config::config next) {
  const settings_change change{in_effect_, next, config::changes_between(in_effect_.values, next.values)};
  if (auto taken = parts_.daemon.take_on(change); !taken) return std::unexpected(std::move(taken.error()));
  parts_.taken_on(next);
  std::vector<std::string> told;
  for (const config::change& one : change.keys) {
    told.push_back(config::in_words(one));
    parts_.messages.info("settings: " + told.back(), {{"key", std::string(one.key)}});
    // It is told again at each reload until the restart that it needs.
    if (one.takes != config::effect::at_reload) next.values[one.key] = in_effect_.values[one.key];
  }
  if (change.before.fleet.fixed != change.after.fleet.fixed) told.emplace_back("nodes: changed");
  const std::uint64_t changed = told.size();
  for (const config::change& one : config::changes_between(in_effect_.held, next.held)) {
    told.push_back(config::in_words(one));
    parts_.messages.warn("settings: " + told.back(), {{"key", std::string(one.key)}});
  }
  const auto line = told.empty() ? std::string("nothing has changed") : fmt::format("{}", fmt::join(told, "; "));
  parts_.messages.info(told.empty() ? "settings reloaded: nothing has changed" : "settings reloaded",
                       {observe::event_field(observe::event::settings_reloaded), {"changed", changed}});
  in_effect_ = std::move(next);
  return line;
}

/// The lines of a message of several stay lines of their own.
void reloader::tell_refusal(const model::error& why) {
  std::string_view rest = why.text;
  const auto next_line = [&rest] {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
  };
  parts_.messages.error(fmt::format("reload failed, the settings of before stay in effect: {}", next_line()),
                        {observe::event_field(observe::event::reload_failed)});
  while (!rest.empty()) parts_.messages.error(next_line());
}

}  // namespace edge_rollup::daemon
