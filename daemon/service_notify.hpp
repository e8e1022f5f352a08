// Tells systemd how the service is doing (sd_notify(3)). Without $NOTIFY_SOCKET, that is on a terminal, nobody listens
// and nothing happens.
#pragma once

#include <chrono>
#include <string_view>

namespace edge_rollup::daemon {

/// Concurrency: any thread. Errors: a service manager that does not listen is no reason to stop; they are ignored.
class service_notify {
 public:
  /// Start-up is finished.
  void ready() const;
  /// Shutdown has begun.
  void stopping() const;
  /// The one line `systemctl status` shows.
  void status(std::string_view text) const;
  /// Start-up or shutdown takes longer: counted from now, before systemd gives up on it.
  void extend_timeout(std::chrono::milliseconds from_now) const;
};

}  // namespace edge_rollup::daemon
