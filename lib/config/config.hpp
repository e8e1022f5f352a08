// The settings of one run: one immutable value, complete and valid. Each stage is given its own part; none sees the
// whole.
#pragma once

#include "deliver/deliver_options.hpp"
#include "model/node.hpp"
#include "model/report_options.hpp"
#include "model/rollup.hpp"
#include "model/time.hpp"
#include "model/url.hpp"
#include "poll/poll_options.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::config {

struct cloud_options {
  model::url url;
  model::milliseconds timeout{30'000};         ///< without progress
  model::milliseconds total_timeout{600'000};  ///< of a whole try

  friend bool operator==(const cloud_options&, const cloud_options&) = default;
};

struct config {
  std::shared_ptr<const std::vector<model::node>> nodes;  ///< never empty
  poll::poll_options poll;
  model::record_kind record_kind = model::record_kind::level;
  model::report_options report;
  std::optional<cloud_options> cloud;  ///< empty: nothing is delivered (a dry run)
  deliver::deliver_options deliver;
  std::optional<std::uint64_t> rounds;  ///< end after so many
  model::milliseconds shutdown_grace{10'000};
};

}  // namespace edge_rollup::config
