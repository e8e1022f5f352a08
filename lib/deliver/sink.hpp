// The seam between delivery and whoever takes rollups. Today that is one HTTP endpoint.
#pragma once

#include "deliver/answer.hpp"
#include "outbox/entry.hpp"
#include "runtime/async.hpp"

namespace edge_rollup::deliver {

/// Concurrency:  loop thread only, one `offer` at a time.
/// Cancellation: `cancel()` ends an ongoing offer with failure kind `cancelled`.
class sink {
 public:
  virtual ~sink() = default;
  /// Offers one record once and says what came back. Never throws for what the other side does.
  [[nodiscard]] virtual runtime::task<answer> offer(const outbox::record& offered) = 0;
  /// Whether what an offer takes from the settings (a token in a file) is another than at the last offer.
  [[nodiscard]] virtual bool set_up_changed() = 0;
  virtual void cancel() noexcept = 0;
};

}  // namespace edge_rollup::deliver
