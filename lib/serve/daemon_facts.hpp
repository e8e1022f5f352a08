// What the daemon knows of itself at one moment, as plain values: what every answer but those about nodes is made of.
#pragma once

#include "model/rollup.hpp"
#include "model/round.hpp"
#include "model/time.hpp"
#include "outbox/entry.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::serve {

/// The settings in use, and how reading them again went.
struct config_facts {
  std::optional<std::string> file;              ///< empty where there is none
  std::optional<model::wall_time> last_reload;  ///< empty: never since the start
  std::optional<std::string> error;             ///< why the last reload changed nothing
};

struct round_facts {
  std::uint64_t number = 0;  ///< counts the rounds of this process from 1
  model::round_trigger trigger = model::round_trigger::timer;
  model::wall_time started;
  model::nanoseconds took{0};
  std::uint64_t records = 0;
  std::optional<double> quality;  ///< mean over the ok nodes
  model::coverage nodes;
};

struct hold_facts {
  std::string_view reason;
  model::wall_time since;
  std::string text;       ///< what came back
  std::string next_step;  ///< what mends it
};

/// The last try, where it was not taken.
struct failed_try {
  model::wall_time at;
  std::optional<int> status;  ///< of HTTP; empty where the cloud gave none
  std::string words;          ///< the cloud's, or what went wrong instead
};

struct delivery_facts {
  std::string url;  ///< with nothing secret in it
  std::optional<hold_facts> hold;
  std::optional<std::string_view> last_verdict;
  std::optional<model::wall_time> last_delivered;
  std::optional<model::wall_time> next_try;
  std::uint32_t consecutive_failures = 0;
  std::optional<failed_try> last_failure;  ///< empty once a later try was taken
};

struct daemon_facts {
  std::string gateway;
  std::string instance;
  std::int64_t pid = 0;
  model::seconds uptime{0};
  std::string state_dir;
  config_facts config;
  std::uint64_t listed_nodes = 0;  ///< that the next round will ask; none before a list names one
  std::optional<round_facts> last_round;
  std::optional<model::wall_time> next_round;
  std::uint64_t rounds = 0;
  std::uint64_t rounds_skipped = 0;
  delivery_facts delivery;
  outbox::overview store;
  /// When rollups were last discarded unsent, or of the start where the cloud had not been told of all; empty: neither.
  std::optional<model::wall_time> last_loss;
  std::optional<model::seconds> runway;
  std::optional<std::uint64_t> disk_free_bytes;
  model::clock_state clock = model::clock_state::unknown;
};

}  // namespace edge_rollup::serve
