// The settings of one run: one immutable value, complete and valid. Each stage is given its own part; none sees the
// whole.
#pragma once

#include "config/key_values.hpp"
#include "deliver/cloud_options.hpp"
#include "deliver/deliver_options.hpp"
#include "fleet/fleet_options.hpp"
#include "model/report_options.hpp"
#include "model/rollup.hpp"
#include "model/time.hpp"
#include "observe/log_options.hpp"
#include "outbox/outbox_options.hpp"
#include "poll/poll_options.hpp"
#include "serve/admin_options.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::config {

struct log_settings {
  std::optional<observe::log_level> level;  ///< empty: as suits the command
  observe::log_format format = observe::log_format::automatic;
};

struct config {
  std::optional<std::string>
      gateway;  ///< empty: the name kept with the store, which is the host name at its first start
  fleet::fleet_options fleet;
  poll::poll_options poll;
  model::record_kind record_kind = model::record_kind::level;
  model::report_options report;
  std::optional<deliver::cloud_options> cloud;  ///< empty: nothing is delivered (a dry run)
  deliver::deliver_options deliver;
  outbox::outbox_options outbox;
  std::optional<std::string> state_dir;  ///< empty: see outbox/default_directory.hpp
  std::optional<std::uint64_t> rounds;   ///< end after so many
  model::milliseconds shutdown_grace{10'000};
  serve::admin_options admin;
  log_settings log;
  key_values values;  ///< of all keys, to tell what a later configuration changes
  held_values held;   ///< likewise, what is said without effect
};

}  // namespace edge_rollup::config
