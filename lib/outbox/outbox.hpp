// The seam between the pipeline and the disk: rollups between "made" and "the cloud has it".
#pragma once

#include "model/result.hpp"
#include "outbox/entry.hpp"
#include "runtime/async.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace edge_rollup::outbox {

/// Concurrency:  loop thread only; operations may overlap and take effect in the order they were awaited.
/// Cancellation: none; an operation that was awaited is carried out.
/// Errors:       error_kind::disk with the path and what the system said; nothing is changed then.
class outbox {
 public:
  virtual ~outbox() = default;
  [[nodiscard]] virtual overview at_a_glance() const = 0;
  /// Stores under `record.sequence`, which must be `at_a_glance().next_sequence`. Done means synced to disk, or held in
  /// memory while the disk takes nothing (`overview::in_memory_only`). Where `at_a_glance().stream` is another one
  /// after an error, the rollup can be stored once it is made anew for that stream.
  [[nodiscard]] virtual runtime::task<model::result<void>> store(record made) = 0;
  /// The oldest entries that wait (pending and aside, not dead), in sequence order, at most `limit`.
  [[nodiscard]] virtual runtime::task<model::result<std::vector<entry>>> front(std::size_t limit) = 0;
  /// The record of a sequence, empty where it is gone. A record whose checksum is wrong is discarded, told as lost,
  /// and an error of kind bad_data.
  [[nodiscard]] virtual runtime::task<model::result<std::optional<record>>> load(std::uint64_t sequence) = 0;
  /// Applies the parts in the order of their fields; sequences that are gone are passed over. `tried` and `dead` change
  /// only what waits, `pending` only what is aside. With the first delivery the reason of the stream is told.
  [[nodiscard]] virtual runtime::task<model::result<void>> settle(settlement change) = 0;
};

}  // namespace edge_rollup::outbox
