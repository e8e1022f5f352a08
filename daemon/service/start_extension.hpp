// Asks systemd for patience while something that blocks goes on: a large outbox opens, a damaged one is salvaged.
#pragma once

#include "daemon/service/service_notify.hpp"

#include <chrono>
#include <thread>

namespace edge_rollup::daemon {

/// Operation:   from its construction on, every `extension_pace` systemd is asked to wait for `extension` more. Ends
///              with the object. What lasts longer than `longest_extension` is not asked for: that hangs.
/// Concurrency: a thread of its own, where systemd listens.
class start_extension {
 public:
  static constexpr std::chrono::seconds extension_pace{5};
  static constexpr std::chrono::seconds extension{30};
  static constexpr std::chrono::minutes longest_extension{60};

  /// `service` outlives it.
  explicit start_extension(const service_notify& service);

 private:
  std::jthread asking_;
};

}  // namespace edge_rollup::daemon
