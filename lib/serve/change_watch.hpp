// Notices what changes in the daemon beside rounds and tries: holds, reloads, losses. Pure.
#pragma once

#include "model/rollup.hpp"
#include "model/time.hpp"
#include "serve/daemon_facts.hpp"
#include "serve/live_event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::serve {

struct watched_facts {
  std::optional<hold_facts> hold;
  std::uint64_t lost_total = 0;
  std::uint64_t reloads = 0;  ///< so many have ended
  reload_facts last_reload = {};
};

/// Concurrency: a value.
class change_watch {
 public:
  /// What was lost `before` the `start` is no news.
  change_watch(const model::loss& before, model::wall_time start) noexcept : lost_total_(before.total) {
    if (!before.ranges.empty()) last_loss_ = start;
  }

  /// What is otherwise than at the last look.
  [[nodiscard]] std::vector<live_event> look(const watched_facts& now, model::wall_time at);
  /// When a look last found a loss, or the start where the cloud had not been told of all; empty: neither.
  [[nodiscard]] std::optional<model::wall_time> last_loss() const noexcept { return last_loss_; }

 private:
  std::optional<std::string> hold_;  ///< its reason
  std::uint64_t lost_total_;
  std::optional<model::wall_time> last_loss_;
  std::uint64_t reloads_ = 0;
};

}  // namespace edge_rollup::serve
