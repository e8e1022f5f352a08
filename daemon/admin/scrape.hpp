// The text of /metrics: the registry, and what is only known or counted when somebody asks.
#pragma once

#include "daemon/service/loop_lag.hpp"
#include "model/time.hpp"
#include "net/certificate_expiry.hpp"
#include "observe/metrics.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/disk_thread.hpp"
#include "serve/node_board.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {

/// What a scrape looks at; everything outlives it.
struct scrape_parts {
  runtime::clock& time;
  const observe::metrics& registry;
  const serve::node_board& nodes;
  const loop_lag& lag;
  std::function<net::certificate_expiries()> certificates;  ///< at most `max_labelled`, of the peers there are now
  std::filesystem::path state_directory;
};

/// Operation:   `text` takes a snapshot on the loop and writes it on a thread of its own. Who asks within
///              `shortest_pause` of another is given the same text and no copy: many who ask cost no more than one.
/// Concurrency: loop thread only.
/// Limits:      `max_labelled` nodes; where there are more, none of them has series of its own.
class scrape {
 public:
  static constexpr model::milliseconds shortest_pause{1'000};
  static constexpr std::size_t max_labelled = 1'000;  ///< nodes and, apart from them, peers

  explicit scrape(scrape_parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] runtime::task<std::shared_ptr<const std::string>> text();

 private:
  using snapshot = std::vector<observe::family_snapshot>;

  [[nodiscard]] snapshot look() const;
  void add_nodes(snapshot& to) const;
  void add_certificates(snapshot& to) const;
  [[nodiscard]] std::shared_ptr<const std::string> written(const std::shared_ptr<const snapshot>& wanted);

  scrape_parts parts_;
  std::shared_ptr<const snapshot> latest_;
  model::mono_time taken_at_{};
  std::shared_ptr<const snapshot> written_of_;  ///< touched on the worker only, as is ...
  std::shared_ptr<const std::string> written_;  ///< ... its text
  runtime::disk_thread worker_;                 ///< last, so that it has ended before the rest goes
};

}  // namespace edge_rollup::daemon
