// What is still to be salvaged, carried out one step at a time between the operations of the store.
#pragma once

#include "model/time.hpp"
#include "observe/log.hpp"
#include "outbox/salvage_run.hpp"
#include "outbox/sqlite_store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace edge_rollup::outbox {

/// Operation:   the oldest salvage goes first. A step that fails, for want of room say, is made again after a rest;
///              meanwhile nothing waits for it.
/// Concurrency: one thread at a time.
/// Limits:      those of salvage_run.
class background_salvage {
 public:
  static constexpr model::seconds rest{10};

  background_salvage(std::filesystem::path directory, observe::log& messages);

  /// The store was opened: what its file says goes.
  void find_in(const sqlite_store& disk);
  [[nodiscard]] bool is_due(model::mono_time now) const noexcept { return !open_.empty() && now >= not_before_; }
  /// Makes one step. False where the store failed.
  bool step(sqlite_store& disk, model::mono_time now);
  /// Up to this number everything is in its place; empty where nothing has to wait for the rest.
  [[nodiscard]] std::optional<std::uint64_t> in_order_up_to() const noexcept;

 private:
  void fail(model::mono_time now, const std::string& why);
  void end(const salvage_progress& ended);

  std::filesystem::path directory_;
  observe::log* messages_;
  std::vector<salvage_progress> open_;
  std::unique_ptr<salvage_run> run_;  ///< of the first
  model::mono_time not_before_{};
  bool is_stuck_ = false;
};

}  // namespace edge_rollup::outbox
