// What a new configuration changes, key by key.
#pragma once

#include "config/key_values.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::config {

/// When a changed key counts.
enum class effect {
  at_reload,
  after_restart,
};

struct change {
  std::string_view key;
  std::string before;  ///< as YAML; nothing secret in it
  std::string after;
  effect takes = effect::at_reload;
  std::string held_by;  ///< what is laid over the key, so that the change has no effect; empty: nothing

  friend bool operator==(const change&, const change&) = default;
};

/// In the order of the table of keys, without `nodes`. Secrets are compared by where they come from, and by their text
/// where it stands in the configuration; that of a file is not looked at.
[[nodiscard]] std::vector<change> changes_between(const key_values& before, const key_values& after);

/// What a file says otherwise than before, `nodes` too, without effect.
[[nodiscard]] std::vector<change> changes_between(const held_values& before, const held_values& after);

/// Whether one of the keys that begin with `prefix` has changed.
[[nodiscard]] bool touches(std::span<const change> changes, std::string_view prefix);

/// "poll.interval: 5m -> 1m", for a log.
[[nodiscard]] std::string in_words(const change& one);

}  // namespace edge_rollup::config
