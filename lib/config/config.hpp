// The settings of one run: one immutable value, complete and valid. Each stage is given its own part; none sees the
// whole.
#pragma once

#include "deliver/cloud_options.hpp"
#include "deliver/deliver_options.hpp"
#include "fleet/fleet_options.hpp"
#include "model/node.hpp"
#include "model/report_options.hpp"
#include "model/rollup.hpp"
#include "model/time.hpp"
#include "outbox/outbox_options.hpp"
#include "poll/poll_options.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::config {

struct config {
  std::shared_ptr<const std::vector<model::node>> nodes;  ///< never empty
  fleet::fleet_options fleet;
  poll::poll_options poll;
  model::record_kind record_kind = model::record_kind::level;
  model::report_options report;
  std::optional<deliver::cloud_options> cloud;  ///< empty: nothing is delivered (a dry run)
  deliver::deliver_options deliver;
  outbox::outbox_options outbox;
  std::optional<std::uint64_t> rounds;  ///< end after so many
  model::milliseconds shutdown_grace{10'000};
};

}  // namespace edge_rollup::config
