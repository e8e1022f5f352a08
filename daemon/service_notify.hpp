// Tells systemd how the service is doing (sd_notify(3)). Without $NOTIFY_SOCKET, that is on a terminal, nobody listens
// and nothing happens.
#pragma once

namespace edge_rollup::daemon {

/// Concurrency: any thread. Errors: a service manager that does not listen is no reason to stop; they are ignored.
class service_notify {
 public:
  /// Start-up is finished.
  void ready() const;
  /// Shutdown has begun.
  void stopping() const;
};

}  // namespace edge_rollup::daemon
