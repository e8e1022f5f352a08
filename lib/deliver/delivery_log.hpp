// Tells people how delivery goes: changes at once, repetitions once an hour, so that a week without a cloud is not a
// week of log.
#pragma once

#include "deliver/delivery_policy.hpp"
#include "deliver/delivery_try.hpp"
#include "model/failure.hpp"
#include "model/time.hpp"
#include "observe/log.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace edge_rollup::deliver {

/// Now, on both clocks: for how long, and since when.
struct moment {
  model::mono_time mono;
  model::wall_time wall;
};

/// Operation:   a failure warns where its verdict, its reason to hold or what came back is new, or an hour after that
///              was told; repetitions are at debug. The line of a hold says since when it lasts. The first delivered
///              after an outage says how long it was.
/// Concurrency: loop thread only.
class delivery_log {
 public:
  /// `messages` must outlive the object.
  explicit delivery_log(observe::log& messages) : messages_(messages) {}

  /// `state` is that after the try; `waiting` rollups are in the outbox after it.
  void tried(const delivery_try& ended, const delivery_state& state, std::uint64_t waiting, moment now);
  /// These became dead letters.
  void gave_up(const std::vector<std::uint64_t>& sequences);

 private:
  using trouble = std::pair<verdict, std::optional<hold_reason>>;
  using cause = std::pair<std::optional<int>, std::optional<model::failure_kind>>;  ///< status or failure

  void delivered(const delivery_try& ended, std::uint64_t waiting, model::mono_time now);
  void failed(const delivery_try& ended, const delivery_state& state, std::uint64_t waiting, moment now);
  [[nodiscard]] bool was_told(const delivery_try& ended, std::optional<hold_reason> reason, model::mono_time now);

  observe::log& messages_;
  std::optional<model::mono_time> failing_since_;  ///< the beginning of the first try that failed
  std::optional<trouble> standing_;
  std::map<cause, model::mono_time> told_;  ///< of the standing trouble: what came back, and when that was told
};

}  // namespace edge_rollup::deliver
