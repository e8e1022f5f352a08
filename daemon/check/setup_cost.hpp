// What a set-up costs in bytes on the line and on the disk. Pure.
#pragma once

#include "daemon/check/finding.hpp"
#include "model/time.hpp"
#include "model/url.hpp"
#include "outbox/outbox_options.hpp"

#include <cstdint>

namespace edge_rollup::daemon {

/// A rollup as it was measured once.
struct rollup_size {
  std::uint64_t sent_bytes = 0;    ///< body as it goes out, compressed or not
  std::uint64_t stored_bytes = 0;  ///< body as the outbox keeps it
};

struct setup_cost {
  std::uint64_t rollup_bytes = 0;    ///< on the line: body, headers of request and answer, TLS
  std::uint64_t month_bytes = 0;     ///< in 30 days
  std::uint64_t outbox_rollups = 0;  ///< that fit into the outbox
  model::milliseconds outbox_lasts{0};

  friend bool operator==(const setup_cost&, const setup_cost&) = default;
};

/// `interval` is above zero. What goes to the cloud is counted, with a new connection each time, which is the worst
/// case; polls, names and repeats are not.
[[nodiscard]] setup_cost cost_of(const rollup_size& rollup, model::url_scheme scheme, model::milliseconds interval,
                                 const outbox::outbox_options& outbox);

/// A warning where the outbox lasts less than a day.
[[nodiscard]] finding judge_cost(const setup_cost& cost);

}  // namespace edge_rollup::daemon
